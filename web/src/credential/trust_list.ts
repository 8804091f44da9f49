/// Certificates of foreign issuers that this gate trusts, selected by the key id in a proof's header.
import { type Bytes, hex, sha256 } from './bytes'
import type { CoseAlgorithm } from './cose'
import { type SignerCertificate, readCertificate } from './der'

/** Trusted certificates by hexadecimal key id: the first 8 bytes of SHA-256 over the DER. */
export type TrustList = ReadonlyMap<string, readonly SignerCertificate[]>

/** A trust list of certificates in DER. Throws when one cannot be read. */
export async function readTrustList(certificates: readonly Bytes[]): Promise<TrustList> {
  const list = new Map<string, SignerCertificate[]>()
  for (const der of certificates) {
    const kid = hex((await sha256(der)).slice(0, 8))
    list.set(kid, [...(list.get(kid) ?? []), readCertificate(der)])
  }
  return list
}

const IMPORT_PARAMS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
} as const

/** The certificate's key for an algorithm, or null when it is a key of another family. */
export async function importSigner(
  certificate: SignerCertificate,
  algorithm: CoseAlgorithm,
): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey('spki', certificate.spki, IMPORT_PARAMS[algorithm], false, ['verify'])
  } catch {
    return null
  }
}
