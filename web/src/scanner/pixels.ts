/// Pixels of a video frame or a photo, no larger than a decoder needs.

/** Longer side handed to the decoder: a 65-module code over half the frame still has 5 px a module. */
const FRAME_SIDE = 960
const PHOTO_SIDE = 1920

export interface FrameReader {
  /** Pixels of the current frame, or null before the first one. */
  read(video: HTMLVideoElement): ImageData | null
}

function fit(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height))
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

/** One canvas for all frames of a camera. */
export function frameReader(): FrameReader {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return {
    read(video) {
      if (!context || !video.videoWidth) return null
      const size = fit(video.videoWidth, video.videoHeight, FRAME_SIDE)
      if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size)
      context.drawImage(video, 0, 0, size.width, size.height)
      return context.getImageData(0, 0, size.width, size.height)
    },
  }
}

/** Pixels of a picture file; throws when the browser cannot read it as a picture. */
export async function photoPixels(file: Blob): Promise<ImageData> {
  const bitmap = await createImageBitmap(file)
  const size = fit(bitmap.width, bitmap.height, PHOTO_SIDE)
  const canvas = Object.assign(document.createElement('canvas'), size)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.drawImage(bitmap, 0, 0, size.width, size.height)
  bitmap.close()
  return context.getImageData(0, 0, size.width, size.height)
}
