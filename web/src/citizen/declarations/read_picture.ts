/// Reads the QR code in a picture with the decoder of the gates. A megabyte: loaded when somebody scans, and not kept for offline.
import { decodePhoto, prepareDecoder } from '../../scanner/decoder'
import { photoPixels } from '../../scanner/pixels'

/** Text of the first QR code in a picture, or null. Throws when the decoder cannot be loaded. */
export async function readQrPicture(file: File): Promise<string | null> {
  const [pixels] = await Promise.all([photoPixels(file).catch(() => null), prepareDecoder()])
  return pixels && decodePhoto(pixels)
}
