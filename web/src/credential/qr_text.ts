/// The texts in QR symbols: a prefix that names format and version, then Base45.
import { FormatError, UnsupportedError, utf8 } from './bytes'

export const CREDENTIAL_PREFIX = 'YMT1:'
export const DCC_PREFIX = 'HC1:'
/** Longest text looked at, in bytes; a QR symbol holds at most 4,296 alphanumeric characters. */
const MAX_TEXT_BYTES = 8192

/** What a text claims to be, with the part after the prefix. */
export interface Recognised {
  readonly format: 'credential' | 'dcc'
  readonly encoded: string
}

/**
 * Recognises the prefix. Line ends and tabs around the text are ignored; spaces only before it, because a
 * space is a Base45 digit. Throws {@link UnsupportedError} for another version of a known format.
 */
export function recognise(text: string): Recognised {
  if (utf8(text).length > MAX_TEXT_BYTES) throw new FormatError('text: too long')
  const bare = text.trimStart().replace(/[\r\n\t]+$/, '')
  if (bare.startsWith(CREDENTIAL_PREFIX)) return { format: 'credential', encoded: bare.slice(CREDENTIAL_PREFIX.length) }
  if (bare.startsWith(DCC_PREFIX)) return { format: 'dcc', encoded: bare.slice(DCC_PREFIX.length) }
  if (/^(YMT|HC)[0-9A-Z]:/.test(bare)) throw new UnsupportedError('text: unknown version')
  throw new FormatError('text: unknown prefix')
}

/** True when a text at least begins like a code of a known family: other QR codes hang around at every door. */
export function looksLikeCode(text: string): boolean {
  return /^\s*(YMT|HC)[0-9A-Z]:/.test(text)
}
