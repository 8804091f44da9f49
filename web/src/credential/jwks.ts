/// The city's signing keys as published at `/.well-known/jwks.json` (RFC 7517).
import { type Bytes, FormatError, base64url, concat, fromBase64, hex, sha256 } from './bytes'
import { importP256 } from './cose'

/** Verification keys by the hexadecimal key id that a COSE header carries. */
export type KeySet = ReadonlyMap<string, CryptoKey>

interface Jwk {
  kty?: unknown
  crv?: unknown
  x?: unknown
  y?: unknown
  kid?: unknown
  alg?: unknown
}

const KID_LENGTH = 8
/** Most keys read from one set; a city rotates two or three. */
const MAX_KEYS = 64

/** Key id of a P-256 key: the first 8 bytes of SHA-256 over its uncompressed point. */
export async function kidOf(x: Bytes, y: Bytes): Promise<Bytes> {
  return (await sha256(concat([Uint8Array.of(4), x, y]))).slice(0, KID_LENGTH)
}

/**
 * Keys of a JWKS document. Members of another type or algorithm are left out, as RFC 7517 section 5 asks; the id is
 * computed from the key, and one in the document must be the same. Throws {@link FormatError} when it is no JWKS.
 */
export async function readJwks(document: unknown): Promise<KeySet> {
  const keys = (document as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) throw new FormatError('JWKS: no list of keys')
  const set = new Map<string, CryptoKey>()
  for (const jwk of keys as Jwk[]) {
    if (jwk?.kty !== 'EC' || jwk.crv !== 'P-256' || (jwk.alg ?? 'ES256') !== 'ES256') continue
    if (typeof jwk.x !== 'string' || typeof jwk.y !== 'string') throw new FormatError('JWKS: x or y is missing')
    const [x, y] = [fromBase64(jwk.x), fromBase64(jwk.y)]
    const key = await importP256(x, y)
    if (key === null) throw new FormatError('JWKS: a key is not on the curve')
    const kid = await kidOf(x, y)
    if ((jwk.kid ?? base64url(kid)) !== base64url(kid)) throw new FormatError('JWKS: kid is not of the key')
    set.set(hex(kid), key)
  }
  return set
}
