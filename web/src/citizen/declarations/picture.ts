/// Pictures made small enough to be sent: what to do with a file, and which size and quality to try in which order.

/** Longest upload, in bytes; the server refuses more. */
export const MOST_BYTES = 200_000

/** A file ready to be sent. */
export interface Upload {
  mediaType: 'image/jpeg' | 'image/png' | 'application/pdf'
  bytes: Blob
}

/** What becomes of a chosen file before anybody has looked inside. */
export type Plan = 'redraw' | 'as-is' | 'pdf-too-large' | 'empty' | 'not-a-picture'

/** Pictures are always drawn anew: it makes them small, and takes out where and with what they were taken. */
export function planFor({ type, size }: { type: string; size: number }): Plan {
  if (size === 0) return 'empty'
  if (type === 'application/pdf') return size <= MOST_BYTES ? 'as-is' : 'pdf-too-large'
  return type.startsWith('image/') ? 'redraw' : 'not-a-picture'
}

/** Longer side in pixels and JPEG quality, the most readable first: small print stays legible down to about 1,000. */
export const STEPS: readonly (readonly [side: number, quality: number])[] = [
  [1800, 0.8],
  [1600, 0.7],
  [1600, 0.5],
  [1200, 0.6],
  [1000, 0.5],
  [800, 0.4],
]

/** Size that fits `side`, never larger than the picture. */
export function fitted(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** The first step whose picture is at most `most` bytes; null if none is. */
export async function firstThatFits(
  draw: (side: number, quality: number) => Promise<Blob | null>,
  most = MOST_BYTES,
): Promise<Blob | null> {
  for (const [side, quality] of STEPS) {
    const drawn = await draw(side, quality)
    if (drawn && drawn.size <= most) return drawn
  }
  return null
}

/** JPEG of a picture at one size and quality; transparent parts become white. */
function jpegOf(picture: ImageBitmap, side: number, quality: number): Promise<Blob | null> {
  const size = fitted(picture.width, picture.height, side)
  const canvas = Object.assign(document.createElement('canvas'), size)
  const context = canvas.getContext('2d')
  if (!context) return Promise.resolve(null)
  context.fillStyle = '#fff'
  context.fillRect(0, 0, size.width, size.height)
  context.drawImage(picture, 0, 0, size.width, size.height)
  return new Promise((done) => canvas.toBlob(done, 'image/jpeg', quality))
}

/** Why a file cannot be sent. */
export type Refusal = Exclude<Plan, 'redraw' | 'as-is'> | 'unreadable' | 'too-large'

/** Makes a chosen file ready to be sent, or says why it cannot be. */
export async function prepareUpload(file: File): Promise<Upload | Refusal> {
  const plan = planFor(file)
  if (plan === 'as-is') return { mediaType: 'application/pdf', bytes: file }
  if (plan !== 'redraw') return plan
  let picture: ImageBitmap
  try {
    picture = await createImageBitmap(file)
  } catch {
    return 'unreadable'
  }
  const bytes = await firstThatFits((side, quality) => jpegOf(picture, side, quality))
  picture.close()
  return bytes ? { mediaType: 'image/jpeg', bytes } : 'too-large'
}

/** Base64 of a file, as JSON carries it. */
export function base64Of(bytes: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader()
    reader.onload = () => done(String(reader.result).replace(/^data:[^,]*,/, ''))
    reader.onerror = () => failed(reader.error)
    reader.readAsDataURL(bytes)
  })
}
