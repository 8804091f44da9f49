/// Presentation of a credential: the device signs {credential, now}, so that a picture of it dies in a minute.
import { encodeBase45 } from '../credential/base45'
import { type Bytes, fromBase64, utf8 } from '../credential/bytes'
import { Tagged } from '../credential/cbor'
import { encodeCbor } from '../credential/cbor_encode'

const COSE_SIGN1 = 18
const ES256 = -7
const AAD = utf8('yimatong presentation v1')

/** Signs bytes with ES256; the signature is the fixed 64 bytes r || s. */
export type Sign = (bytes: Bytes) => Promise<Bytes>

/** Signer over a WebCrypto key; WebCrypto's ECDSA already gives r || s. */
export function signerOf(key: CryptoKey): Sign {
  return async (bytes) => new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, bytes))
}

/** COSE_Sign1 (RFC 9052) over `[credential, now]`; `nowS` in Unix seconds. */
export async function presentation(credential: Bytes, nowS: number, sign: Sign): Promise<Bytes> {
  const protectedHeader = encodeCbor(new Map([[1, ES256]]))
  const payload = encodeCbor([credential, nowS])
  const signature = await sign(encodeCbor(['Signature1', protectedHeader, AAD, payload]))
  return encodeCbor(new Tagged(COSE_SIGN1, [protectedHeader, new Map(), payload, signature]))
}

/** QR text of a presentation made now. `credential` is base64url as the server gives it. */
export async function presentationText(credential: string, nowS: number, sign: Sign): Promise<string> {
  return `YMT1:${encodeBase45(await presentation(fromBase64(credential), nowS, sign))}`
}
