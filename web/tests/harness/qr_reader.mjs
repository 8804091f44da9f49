/// Reads QR codes from screenshots with zbarimg: a decoder that shares nothing with the pages.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Text of the QR code in an element of a page; throws if there is none. */
export async function readQr(locator) {
  const folder = mkdtempSync(join(tmpdir(), 'yimatong-qr-'))
  try {
    const path = join(folder, 'qr.png')
    await locator.screenshot({ path })
    return readQrFile(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Text of the QR code in a picture file; throws if there is none. */
export function readQrFile(path) {
  const only = ['--set', '*.enable=0', '--set', 'qr.enable=1']
  return execFileSync('zbarimg', ['--quiet', '--nodbus', '--raw', ...only, path]).toString().replace(/\n$/, '')
}
