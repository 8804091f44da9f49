/// Decoding of QR codes and barcodes by zxing-cpp in WebAssembly, served from our own origin (the package's default is a CDN).
import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader'
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

/** `qr`: QR codes only; `barcodes`: also the symbols printed on tubes, boxes and cards. */
export type Symbols = 'qr' | 'barcodes'

const FORMATS = {
  qr: ['QRCode'],
  barcodes: ['QRCode', 'Code128', 'Code39', 'EAN13', 'EAN8', 'DataMatrix'],
} satisfies Record<Symbols, ReaderOptions['formats']>

const FRAME: ReaderOptions = {
  tryHarder: true,
  tryRotate: false, // the three finder patterns of a QR code already give the rotation
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

/** Text of a symbol in a video frame, or null. Barcodes are also read when held upright. */
export function decodeFrame(pixels: ImageData, symbols: Symbols = 'qr'): Promise<string | null> {
  return firstText(pixels, { ...FRAME, formats: FORMATS[symbols], tryRotate: symbols === 'barcodes' })
}

/** Text of a symbol in a still photo, or null. */
export function decodePhoto(pixels: ImageData, symbols: Symbols = 'qr'): Promise<string | null> {
  return firstText(pixels, { ...PHOTO, formats: FORMATS[symbols] })
}
