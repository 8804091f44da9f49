/// A QR code as a picture of its own: black on white, with the quiet zone the standard asks for.
import { type Ecc, qrPath } from '../../ui/qr'

/** Pixels per module of a picture: sharp on paper up to about 15 cm at 200 dots per inch. */
const PIXELS = 12

/** SVG document of `text`. */
export function qrSvg(text: string, ecc: Ecc): string {
  const { path, side } = qrPath(text, ecc)
  const size = side * PIXELS
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${side}v${side}H0z"/><path fill="#000" d="${path}"/></svg>\n`
  )
}

/** PNG picture of `text`; throws where the browser has no canvas. */
export async function qrPng(text: string, ecc: Ecc): Promise<Blob> {
  const { path, side } = qrPath(text, ecc)
  const canvas = Object.assign(document.createElement('canvas'), { width: side * PIXELS, height: side * PIXELS })
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.scale(PIXELS, PIXELS)
  context.fillStyle = '#000'
  context.fill(new Path2D(path))
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png'))
}

/** Hands a file to the browser to save. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
