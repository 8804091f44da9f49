/// The random name of this browser, so that the server can be fair to phones behind one address. It says nothing about
/// the person; the server keeps only a salted hash of it.
import { keepText, keptText } from './kept'

const KEPT = 'yimatong-device'

/** 32 hexadecimal digits, made on first use and kept for good. */
export function deviceId(): string {
  const kept = keptText(KEPT)
  if (kept) return kept
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const made = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  keepText(KEPT, made)
  return made
}
