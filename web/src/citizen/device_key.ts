/// This device's P-256 key: made by WebCrypto, not extractable, kept in IndexedDB as it is.
import { recall, remember } from './memory'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** Public key as the server takes it (RFC 7517). */
export interface PublicJwk {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
}

/** The device's key pair, made on first use. */
export async function ensureDeviceKey(): Promise<CryptoKeyPair> {
  const kept = await recall('device-key')
  if (kept) return kept
  const made = await crypto.subtle.generateKey(P256, false, ['sign', 'verify'])
  await remember('device-key', made)
  return made
}

/** Only the public half can leave the device. */
export async function publicJwk(pair: CryptoKeyPair): Promise<PublicJwk> {
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }
}
