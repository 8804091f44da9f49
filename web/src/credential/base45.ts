/// Base45 (RFC 9285): bytes in the alphanumeric mode of QR codes.
import { type Bytes, FormatError } from './bytes'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

const VALUES = (() => {
  const values = new Int8Array(128).fill(-1)
  for (let i = 0; i < ALPHABET.length; i += 1) values[ALPHABET.charCodeAt(i)] = i
  return values
})()

function valueAt(text: string, at: number): number {
  const value = VALUES[text.charCodeAt(at)] ?? -1
  if (value < 0) throw new FormatError(`Base45: character ${at} is not in the alphabet`)
  return value
}

/** Bytes of a Base45 text; throws {@link FormatError} on a foreign character, a cut group, an overflow, or nothing. */
export function decodeBase45(text: string): Bytes {
  if (text.length === 0) throw new FormatError('Base45: nothing to decode')
  if (text.length % 3 === 1) throw new FormatError('Base45: the text is cut')
  const out = new Uint8Array(Math.floor(text.length / 3) * 2 + (text.length % 3 === 2 ? 1 : 0))
  let to = 0
  for (let at = 0; at < text.length; at += 3) {
    const low = valueAt(text, at) + 45 * valueAt(text, at + 1)
    if (at + 2 < text.length) {
      const value = low + 2025 * valueAt(text, at + 2)
      if (value > 0xffff) throw new FormatError(`Base45: group at ${at} is too large`)
      out[to] = value >> 8
      out[to + 1] = value & 0xff
      to += 2
    } else {
      if (low > 0xff) throw new FormatError(`Base45: group at ${at} is too large`)
      out[to] = low
      to += 1
    }
  }
  return out
}

/** Base45 text of bytes. */
export function encodeBase45(bytes: Bytes): string {
  let text = ''
  const digit = (value: number) => ALPHABET.charAt(value % 45)
  for (let at = 0; at < bytes.length; at += 2) {
    const first = bytes[at] ?? 0
    const second = bytes[at + 1]
    if (second === undefined) {
      text += digit(first) + digit(Math.floor(first / 45))
    } else {
      const value = first * 256 + second
      text += digit(value) + digit(Math.floor(value / 45)) + digit(Math.floor(value / 2025))
    }
  }
  return text
}
