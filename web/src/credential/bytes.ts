/// Byte strings: the encodings and comparisons that the credential formats share.

/** A byte string backed by an ordinary (never shared) buffer, as WebCrypto wants it. */
export type Bytes = Uint8Array<ArrayBuffer>

/** Why an input is not what it claims to be; the message is for logs and tests, never for the gate's screen. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}

/** A version, algorithm or critical header that this build does not know: not a defect of the input. */
export class UnsupportedError extends FormatError {
  readonly unsupported = true
}

const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 bytes of a text. */
export function utf8(text: string): Bytes {
  return encoder.encode(text)
}

/** Text of UTF-8 bytes; throws {@link FormatError} on invalid UTF-8. */
export function textOf(bytes: Bytes): string {
  try {
    return strictDecoder.decode(bytes)
  } catch {
    throw new FormatError('invalid UTF-8')
  }
}

/** One byte string after the other. */
export function concat(parts: readonly Bytes[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Equality of public values (not constant time: nothing compared here is secret). */
export function sameBytes(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Lower-case hexadecimal. */
export function hex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Base64url without padding (RFC 4648 section 5). */
export function base64url(bytes: Bytes): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Standard base64 with padding. */
export function base64(bytes: Bytes): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** Bytes of base64 or base64url, padded or not; throws {@link FormatError} on anything else. */
export function fromBase64(text: string): Bytes {
  const bare = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/')
  if (!/^[A-Za-z0-9+/]*$/.test(bare) || bare.length % 4 === 1) throw new FormatError('not base64')
  const binary = atob(bare)
  const out = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i += 1) out[i] = binary.charCodeAt(i)
  return out
}

/** SHA-256 digest. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}
