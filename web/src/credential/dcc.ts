/// EU digital COVID certificates (`HC1:`): Base45, zlib, COSE_Sign1 under a trust list, validity, permitted use.
import { type Bytes, FormatError, UnsupportedError, hex } from './bytes'
import { decodeBase45 } from './base45'
import { claimsMap } from './claims'
import { anyAlgorithm, anyKid, readSign1, verifySign1 } from './cose'
import { type DccContent, type DccKind, readDccContent } from './dcc_content'
import type { SignerCertificate } from './der'
import { inflate } from './inflate'
import { type TrustList, importSigner } from './trust_list'

const MAX_INFLATED_BYTES = 24 * 1024
const CLAIM_HCERT = -260

/** A genuine certificate that is in force or not; its content is the person's. */
export interface GenuineDcc {
  readonly issuer: string
  readonly issuedAtS: number
  readonly expiresAtS: number
  readonly content: DccContent
  /** True when the signer's certificate permits this kind. */
  readonly permitted: boolean
}

/** Object identifiers that limit a signer to one kind, in the two spellings that are in use. */
const USAGES: Record<DccKind, readonly string[]> = {
  test: ['1.3.6.1.4.1.1847.2021.1.1', '1.3.6.1.4.1.0.1847.2021.1.1'],
  vaccination: ['1.3.6.1.4.1.1847.2021.1.2', '1.3.6.1.4.1.0.1847.2021.1.2'],
  recovery: ['1.3.6.1.4.1.1847.2021.1.3', '1.3.6.1.4.1.0.1847.2021.1.3'],
}

/** True when the certificate names no kind at all, or this one. */
function mayCertify(signer: SignerCertificate, kind: DccKind): boolean {
  const limits = (signer.usages ?? []).filter((usage) => Object.values(USAGES).some((ids) => ids.includes(usage)))
  return limits.length === 0 || limits.some((usage) => USAGES[kind].includes(usage))
}

/**
 * Reads a certificate and checks its signature. Answers `unknown-key` or `bad-signature` when nobody on the
 * trust list signed it; throws {@link FormatError} or {@link UnsupportedError} when it cannot be read.
 */
export async function readDcc(
  encoded: string,
  trust: TrustList,
): Promise<GenuineDcc | 'unknown-key' | 'bad-signature'> {
  const message = readSign1(await inflate(decodeBase45(encoded), MAX_INFLATED_BYTES), { tag: 'optional' })
  const algorithm = anyAlgorithm(message)
  if (algorithm === null) throw new UnsupportedError('DCC: algorithm')
  const kid = anyKid(message)
  const candidates = (kid && trust.get(hex(kid))) ?? []
  if (candidates.length === 0) return 'unknown-key'
  for (const candidate of candidates) {
    const key = await importSigner(candidate, algorithm)
    if (key && (await verifySign1(message, algorithm, key))) return genuine(message.payload, candidate)
  }
  return 'bad-signature'
}

function genuine(payload: Bytes, signer: SignerCertificate): GenuineDcc {
  const claims = claimsMap(payload)
  const [iss, exp, iat, hcert] = [claims.get(1), claims.get(4), claims.get(6), claims.get(CLAIM_HCERT)]
  if (typeof exp !== 'number' || typeof iat !== 'number' || !(hcert instanceof Map))
    throw new FormatError('DCC: claims')
  const content = readDccContent(hcert.get(1))
  return {
    issuer: typeof iss === 'string' ? iss : '',
    issuedAtS: Math.floor(iat),
    expiresAtS: Math.floor(exp),
    content,
    permitted: mayCertify(signer, content.kind),
  }
}
