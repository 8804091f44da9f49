/// EU digital COVID certificates (`HC1:`): Base45, zlib, COSE_Sign1 under a trust list, validity, permitted use.
import { type Bytes, FormatError, UnsupportedError, hex } from './bytes'
import { decodeBase45 } from './base45'
import { type Cbor, Float, Tagged } from './cbor'
import { claimsMap } from './claims'
import { anyAlgorithm, anyKid, namesAnyAlgorithm, readSign1, verifySign1 } from './cose'
import { type DccContent, type DccKind, readDccContent } from './dcc_content'
import type { SignerCertificate } from './der'
import { inflate } from './inflate'
import type { KeySet } from './jwks'
import { type TrustList, importSigner } from './trust_list'

const MAX_INFLATED_BYTES = 16 * 1024
/** First byte of zlib data; compression is optional (HCERT specification, section 4.2). */
const ZLIB = 0x78
const CLAIM_HCERT = -260

/** A genuine certificate that is in force or not; its content is the person's. */
export interface GenuineDcc {
  readonly issuer: string | null
  readonly issuedAtS: number
  readonly expiresAtS: number
  readonly content: DccContent
  /** True when the signer's certificate permits this kind. */
  readonly permitted: boolean
  /** Signed by the city itself. */
  readonly isOwn: boolean
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
 * Reads a certificate and checks its signature. A key of the city's own signs tests only and needs no certificate.
 * Answers `unknown-key` or `bad-signature` when nobody known signed it; throws {@link FormatError} or {@link UnsupportedError} when it cannot be read.
 */
export async function readDcc(
  encoded: string,
  trust: TrustList,
  keys: KeySet,
): Promise<GenuineDcc | 'unknown-key' | 'bad-signature'> {
  const packed = decodeBase45(encoded)
  const bytes = packed[0] === ZLIB ? await inflate(packed, MAX_INFLATED_BYTES) : packed
  const message = readSign1(bytes, { tag: 'optional' })
  if (!namesAnyAlgorithm(message)) throw new FormatError('DCC: no algorithm')
  const algorithm = anyAlgorithm(message)
  if (algorithm === null) throw new UnsupportedError('DCC: algorithm')
  const kid = anyKid(message)
  const candidates = (kid && trust.get(hex(kid))) ?? []
  const own = kid && keys.get(hex(kid))
  if (candidates.length === 0 && own) {
    const good = algorithm === 'ES256' && (await verifySign1(message, algorithm, own))
    return good ? { ...genuine(message.payload, (kind) => kind === 'test'), isOwn: true } : 'bad-signature'
  }
  if (candidates.length === 0) return 'unknown-key'
  for (const candidate of candidates) {
    const key = await importSigner(candidate, algorithm)
    if (key && (await verifySign1(message, algorithm, key))) {
      const isOwn = Boolean(own) && algorithm === 'ES256' && (await verifySign1(message, algorithm, own as CryptoKey))
      return { ...genuine(message.payload, (kind) => mayCertify(candidate, kind)), isOwn }
    }
  }
  return 'bad-signature'
}

/** Seconds of a NumericDate: an integer or a float, by some issuers with tag 1. Rounded down. */
function numericDate(value: Cbor): number {
  const bare = value instanceof Tagged && value.tag === 1 ? value.value : value
  const seconds = bare instanceof Float ? bare.value : bare
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) throw new FormatError('DCC: not a date')
  return Math.floor(seconds)
}

function genuine(payload: Bytes, permits: (kind: DccKind) => boolean): GenuineDcc {
  const claims = claimsMap(payload)
  const [iss, hcert] = [claims.get(1), claims.get(CLAIM_HCERT)]
  if (!(hcert instanceof Map)) throw new FormatError('DCC: no content')
  if (iss !== undefined && typeof iss !== 'string') throw new FormatError('DCC: issuer')
  const content = readDccContent(hcert.get(1))
  return {
    issuer: iss ?? null,
    issuedAtS: numericDate(claims.get(6)),
    expiresAtS: numericDate(claims.get(4)),
    content,
    permitted: permits(content.kind),
    isOwn: false,
  }
}
