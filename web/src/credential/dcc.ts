/// EU digital COVID certificates (`HC1:`): Base45, zlib, COSE_Sign1 under a trust list, validity, permitted use.
import { FormatError, hex } from './bytes'
import { decodeBase45 } from './base45'
import { claimsMap } from './claims'
import { anyAlgorithm, anyKid, readSign1, verifySign1 } from './cose'
import { type DccContent, type DccKind, readDccContent } from './dcc_content'
import type { SignerCertificate } from './der'
import { inflate } from './inflate'
import { type TrustList, importSigner } from './trust_list'

export const DCC_PREFIX = 'HC1:'
const MAX_INFLATED_BYTES = 16_384
const CLAIM_HCERT = -260

/** A genuine certificate, or the reason why it is none; reasons are those of the verdict. */
export type DccReading =
  | { readonly ok: true; readonly issuer: string; readonly issuedAtS: number; readonly content: DccContent }
  | { readonly ok: false; readonly reason: DccFailure }

export type DccFailure =
  | 'malformed'
  | 'unsupported'
  | 'unknown-key'
  | 'bad-signature'
  | 'wrong-key-usage'
  | 'expired'
  | 'not-yet-valid'

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

const failure = (reason: DccFailure): DccReading => ({ ok: false, reason })

/** Reads and verifies a certificate at `nowS`. Never throws. */
export async function readDcc(text: string, trust: TrustList, nowS: number): Promise<DccReading> {
  try {
    return await verifyDcc(text, trust, nowS)
  } catch (error) {
    if (error instanceof FormatError) return failure('malformed')
    throw error
  }
}

async function verifyDcc(text: string, trust: TrustList, nowS: number): Promise<DccReading> {
  if (!text.startsWith(DCC_PREFIX)) return failure('unsupported')
  const packed = decodeBase45(text.slice(DCC_PREFIX.length))
  const message = readSign1(await inflate(packed, MAX_INFLATED_BYTES), { tag: 'optional' })
  const algorithm = anyAlgorithm(message)
  if (algorithm === null) return failure('unsupported')
  const kid = anyKid(message)
  const candidates = (kid && trust.get(hex(kid))) ?? []
  if (candidates.length === 0) return failure('unknown-key')
  let signer: SignerCertificate | undefined
  for (const candidate of candidates) {
    const key = await importSigner(candidate, algorithm)
    if (key && (await verifySign1(message, algorithm, key))) signer = candidate
  }
  if (!signer) return failure('bad-signature')
  const claims = claimsMap(message.payload)
  const [iss, exp, iat, hcert] = [claims.get(1), claims.get(4), claims.get(6), claims.get(CLAIM_HCERT)]
  if (typeof exp !== 'number' || typeof iat !== 'number' || !(hcert instanceof Map)) return failure('malformed')
  const content = readDccContent(hcert.get(1))
  if (!mayCertify(signer, content.kind)) return failure('wrong-key-usage')
  if (nowS < iat) return failure('not-yet-valid')
  if (nowS > exp) return failure('expired')
  return { ok: true, issuer: typeof iss === 'string' ? iss : '', issuedAtS: Math.floor(iat), content }
}
