/// This device's P-256 key: made by WebCrypto, not extractable, kept in IndexedDB as it is.
import { recall, remember } from './memory'
import { durable } from './state'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** Public key as the server takes it (RFC 7517). */
export interface PublicJwk {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
}

/** A key that the browser would not store: it lives as long as the page. */
let unstored: CryptoKeyPair | null = null

/** Forgets a key that only the page holds: the next holder gets a new one. */
export function dropUnstored(): void {
  unstored = null
}

/** The device's key pair, if it has one. */
export async function deviceKey(): Promise<CryptoKeyPair | null> {
  return (await recall('device-key')) ?? unstored
}

/** The device's key pair, made on first use. */
export async function ensureDeviceKey(): Promise<CryptoKeyPair> {
  const kept = await deviceKey()
  if (kept) return kept
  const made = await crypto.subtle.generateKey(P256, false, ['sign', 'verify'])
  try {
    await remember('device-key', made)
  } catch {
    // Some private windows store records but no keys.
    unstored = made
    durable.value = false
  }
  return made
}

/** Only the public half can leave the device. */
export async function publicJwk(pair: CryptoKeyPair): Promise<PublicJwk> {
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }
}
