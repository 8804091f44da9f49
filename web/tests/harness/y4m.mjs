/// A fake camera for Chromium: a QR code as an uncompressed YUV4MPEG2 film, written without any video tool.
import { readFileSync, writeFileSync } from 'node:fs'
import { encode } from 'uqr'
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer'

const [WIDTH, HEIGHT] = [1280, 720]
/** A film of two equal frames: Chromium plays the file in a loop. */
const FRAMES = 2
const FRAMES_PER_S = 10
const NEUTRAL = 128

/**
 * Brightness of every pixel of a frame that shows `text` as a QR code at level M, as a phone does: black
 * modules on white, `pixelsPerModule` wide (default: as large as fits), quiet zone of four modules.
 * @returns {Buffer} WIDTH x HEIGHT bytes
 */
export function qrFrame(text, pixelsPerModule = 0) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const scale = pixelsPerModule || Math.floor(HEIGHT / size)
  const [left, top] = [Math.floor((WIDTH - size * scale) / 2), Math.floor((HEIGHT - size * scale) / 2)]
  const luma = Buffer.alloc(WIDTH * HEIGHT, 90)
  for (let y = 0; y < size * scale; y += 1) {
    const row = data[Math.floor(y / scale)]
    for (let x = 0; x < size * scale; x += 1) {
      luma[(top + y) * WIDTH + left + x] = row[Math.floor(x / scale)] ? 20 : 235
    }
  }
  return luma
}

/** Brightness of a frame that shows a printed barcode, such as `Code128` or `EAN13`, over half of its width. */
export async function barcodeFrame(text, format) {
  const wasm = readFileSync(new URL('../../node_modules/zxing-wasm/dist/writer/zxing_writer.wasm', import.meta.url))
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength)
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })
  const { symbol, error } = await writeBarcode(text, { format })
  if (!symbol) throw new Error(error)
  const scale = Math.max(2, Math.floor(WIDTH / 2 / symbol.width))
  const [quiet, high] = [12 * scale, 160]
  const wide = symbol.width * scale
  const [left, top] = [Math.floor((WIDTH - wide) / 2), Math.floor((HEIGHT - high) / 2)]
  const luma = Buffer.alloc(WIDTH * HEIGHT, 90)
  for (let y = top - 20; y < top + high + 20; y += 1) luma.fill(235, y * WIDTH + left - quiet, y * WIDTH + left + wide + quiet)
  for (let y = top; y < top + high; y += 1) {
    for (let x = 0; x < wide; x += 1) if (symbol.data[Math.floor(x / scale)] < 128) luma[y * WIDTH + left + x] = 20
  }
  return luma
}

/** A frame without any code. */
export function emptyFrame() {
  return Buffer.alloc(WIDTH * HEIGHT, 90)
}

/** Writes frames (see {@link qrFrame}) as a film for `--use-file-for-fake-video-capture`. */
export function writeFilm(path, frames) {
  const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, NEUTRAL)
  const header = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_S}:1 Ip A1:1 C420jpeg\n`)
  const parts = frames.flatMap((luma) => [Buffer.from('FRAME\n'), luma, chroma])
  writeFileSync(path, Buffer.concat([header, ...parts]))
}

/** Writes a film that shows one code. */
export function writeQrFilm(path, text) {
  writeFilm(path, Array(FRAMES).fill(qrFrame(text)))
}
