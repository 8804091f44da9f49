/// COSE_Sign1 (RFC 9052 section 4.2): read the envelope, rebuild what was signed, verify by WebCrypto.
import { type Bytes, FormatError, UnsupportedError } from './bytes'
import { type Cbor, type CborMap, Tagged, decodeCbor } from './cbor'
import { encodeCbor } from './cbor_encode'

/** Signature algorithms by their COSE number (RFC 9053). */
export type CoseAlgorithm = 'ES256' | 'PS256'

/** A COSE_Sign1 envelope, not yet verified. */
export interface Sign1 {
  /** The protected header as signed, byte for byte. */
  readonly protectedBytes: Bytes
  readonly protectedHeader: CborMap
  readonly unprotectedHeader: CborMap
  readonly payload: Bytes
  readonly signature: Bytes
}

const TAG_SIGN1 = 18
const TAG_CWT = 61
const HEADER_ALG = 1
const HEADER_CRIT = 2
const HEADER_KID = 4

/** How strict the envelope must be: our own is tagged 18; foreign issuers also leave the tag out or add 61. */
export interface EnvelopeOptions {
  readonly tag: 'required' | 'optional'
}

/** Reads an envelope; throws {@link FormatError} when it is not a COSE_Sign1, {@link UnsupportedError} for a critical header. */
export function readSign1(bytes: Bytes, options: EnvelopeOptions = { tag: 'required' }): Sign1 {
  const parts = untag(decodeCbor(bytes), options)
  if (!Array.isArray(parts) || parts.length !== 4) throw new FormatError('COSE: not a Sign1 of four parts')
  const [protectedBytes, unprotectedHeader, payload, signature] = parts
  if (!(protectedBytes instanceof Uint8Array)) throw new FormatError('COSE: protected header')
  if (!(unprotectedHeader instanceof Map)) throw new FormatError('COSE: unprotected header')
  if (!(payload instanceof Uint8Array)) throw new FormatError('COSE: payload')
  if (!(signature instanceof Uint8Array)) throw new FormatError('COSE: signature')
  const header = protectedBytes.length === 0 ? new Map() : decodeCbor(protectedBytes)
  if (!(header instanceof Map)) throw new FormatError('COSE: protected header is not a map')
  checkHeader(header)
  checkHeader(unprotectedHeader)
  return { protectedBytes, protectedHeader: header, unprotectedHeader, payload, signature }
}

function checkHeader(header: CborMap): void {
  if (header.has(HEADER_KID) && !(header.get(HEADER_KID) instanceof Uint8Array)) throw new FormatError('COSE: kid')
  // Parameters that must be understood (RFC 9052 section 3.1): none is.
  if (header.has(HEADER_CRIT)) throw new UnsupportedError('COSE: critical header')
}

function untag(item: Cbor, options: EnvelopeOptions): Cbor {
  if (item instanceof Tagged && item.tag === TAG_SIGN1) return item.value
  if (options.tag === 'required') throw new FormatError('COSE: tag 18 is missing')
  if (item instanceof Tagged && item.tag === TAG_CWT) return untag(item.value, options)
  return item
}

function algorithmIn(header: CborMap): CoseAlgorithm | null {
  const number = header.get(HEADER_ALG)
  if (number === -7) return 'ES256'
  if (number === -37) return 'PS256'
  return null
}

/** True when the protected header names an algorithm at all, known or not. */
export function namesAlgorithm(message: Sign1): boolean {
  return typeof message.protectedHeader.get(HEADER_ALG) === 'number'
}

/** True when one of the headers does. */
export function namesAnyAlgorithm(message: Sign1): boolean {
  return namesAlgorithm(message) || typeof message.unprotectedHeader.get(HEADER_ALG) === 'number'
}

/** The algorithm of the protected header, or null when it is one this verifier does not speak. */
export function protectedAlgorithm(message: Sign1): CoseAlgorithm | null {
  return algorithmIn(message.protectedHeader)
}

/** The algorithm of the protected header or, as some foreign issuers do, of the unprotected one. */
export function anyAlgorithm(message: Sign1): CoseAlgorithm | null {
  const { protectedHeader, unprotectedHeader } = message
  return algorithmIn(namesAlgorithm(message) ? protectedHeader : unprotectedHeader)
}

/** The key id of the protected header. */
export function protectedKid(message: Sign1): Bytes | null {
  const kid = message.protectedHeader.get(HEADER_KID)
  return kid instanceof Uint8Array ? kid : null
}

/** The key id of the protected header or, as foreign issuers do, of the unprotected one. */
export function anyKid(message: Sign1): Bytes | null {
  const kid = message.unprotectedHeader.get(HEADER_KID)
  return protectedKid(message) ?? (kid instanceof Uint8Array ? kid : null)
}

const VERIFY_PARAMS = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
} as const

/** True when `key` signed this envelope over `externalAad`. ES256 signatures are the fixed 64 bytes r || s. */
export async function verifySign1(
  message: Sign1,
  algorithm: CoseAlgorithm,
  key: CryptoKey,
  externalAad: Bytes = new Uint8Array(),
): Promise<boolean> {
  if (algorithm === 'ES256' && message.signature.length !== 64) return false
  const signed = encodeCbor(['Signature1', message.protectedBytes, externalAad, message.payload])
  try {
    return await crypto.subtle.verify(VERIFY_PARAMS[algorithm], key, message.signature, signed)
  } catch {
    // A key of another family than the header's algorithm: nobody signed this.
    return false
  }
}

/** Imports an uncompressed P-256 point given by its coordinates; null when it is not on the curve. */
export async function importP256(x: Bytes, y: Bytes): Promise<CryptoKey | null> {
  if (x.length !== 32 || y.length !== 32) return null
  const point = new Uint8Array(65)
  point[0] = 4
  point.set(x, 1)
  point.set(y, 33)
  try {
    return await crypto.subtle.importKey('raw', point, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
  } catch {
    return null
  }
}
