/// QR decoding by zxing-cpp in WebAssembly, served from our own origin (the package's default is a CDN).
import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader'
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

const FRAME: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: true,
  tryRotate: false, // the three finder patterns already give the rotation
  tryInvert: false,
  tryDownscale: true,
  maxNumberOfSymbols: 1,
}
/** A photo is one chance, not one of ten a second: look longer. */
const PHOTO: ReaderOptions = { ...FRAME, tryRotate: true, tryInvert: true, tryDenoise: true }

/** Fetches and compiles the decoder; the first scan must not wait for it. */
export async function prepareDecoder(): Promise<void> {
  await prepareZXingModule({
    overrides: { locateFile: (path: string, prefix: string) => (path.endsWith('.wasm') ? wasmUrl : prefix + path) },
    fireImmediately: true,
  })
}

async function firstText(pixels: ImageData, options: ReaderOptions): Promise<string | null> {
  const results = await readBarcodes(pixels, options)
  return results.find((result) => result.isValid)?.text ?? null
}

/** Text of a QR code in a video frame, or null. */
export function decodeFrame(pixels: ImageData): Promise<string | null> {
  return firstText(pixels, FRAME)
}

/** Text of a QR code in a still photo, or null. */
export function decodePhoto(pixels: ImageData): Promise<string | null> {
  return firstText(pixels, PHOTO)
}
