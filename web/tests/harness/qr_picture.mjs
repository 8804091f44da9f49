/// A QR code as a picture file, as somebody would photograph one: with a frame, on grey, slightly turned.
import { renderSVG } from 'uqr'

/** Writes a PNG of `text` to `path`, drawn by a page of its own in `context`. */
export async function writeQrPicture(context, path, text) {
  const page = await context.newPage()
  try {
    await page.setViewportSize({ width: 700, height: 700 })
    const svg = renderSVG(text, { ecc: 'Q', border: 4 })
    await page.setContent(`<body style="background:#999;margin:60px"><div style="width:560px;transform:rotate(4deg)">${svg}</div></body>`)
    await page.screenshot({ path })
  } finally {
    await page.close()
  }
}
