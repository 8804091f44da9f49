/// The verdict as a function of the text, the keys, the status lists, the venue's rule and now.
/// Until the issuer's signature is good nothing of the content is shown, and the first failure ends the
/// check. After it every check runs and all reasons are told. The table is in testdata/credential/README.md.
import { decodeBase45 } from './base45'
import { type Bytes, FormatError, UnsupportedError, base64url, hex, utf8 } from './bytes'
import { decodeCbor } from './cbor'
import { type Credential, readCredential } from './claims'
import {
  type Sign1,
  importP256,
  namesAlgorithm,
  protectedAlgorithm,
  protectedKid,
  readSign1,
  verifySign1,
} from './cose'
import { verifyForeign } from './foreign'
import { judgeColour, judgeTest } from './judge'
import type { KeySet } from './jwks'
import { recognise } from './qr_text'
import { type StatusList, cityOf, statusAt } from './status_list'
import type { TrustList } from './trust_list'
import type { VenueRule } from './venue_rule'
import { SKEW_S, type Verdict, find, openVerdict, verdictOnly } from './verdict'

/** What a gate holds. */
export interface Evidence {
  readonly keys: KeySet
  /** When the keys were fetched, unix seconds. */
  readonly keysObtainedAtS: number | null
  /** Division code that credentials must come from; null accepts every city whose keys are held. */
  readonly expectedIssuer: string | null
  /** Verified lists by uri. */
  readonly lists: ReadonlyMap<string, StatusList>
  readonly foreign: TrustList
}

const PRESENTATION_AAD = utf8('yimatong presentation v1')
const PRESENTATION_FRESH_S = 60
/** How long after issue the credential's own colour is good enough without a status list. */
const COLOUR_FRESH_S = 86_400

/** Judges the text of a QR symbol at `nowS` (unix seconds). Never throws: whatever is wrong is in the verdict. */
export async function verify(text: string, evidence: Evidence, rule: VenueRule, nowS: number): Promise<Verdict> {
  try {
    const { format, encoded } = recognise(text)
    if (format === 'dcc') return await verifyForeign(encoded, evidence.foreign, evidence.keys, rule, nowS)
    return await judge(decodeBase45(encoded), evidence, rule, nowS)
  } catch (error) {
    return cannotRead(error)
  }
}

/** A verdict about something that is not readable. */
export function cannotRead(error: unknown): Verdict {
  if (error instanceof UnsupportedError) return verdictOnly('check-by-hand', 'unsupported')
  if (error instanceof FormatError) return verdictOnly('refuse', 'malformed')
  throw error
}

async function judge(bytes: Bytes, evidence: Evidence, rule: VenueRule, nowS: number): Promise<Verdict> {
  const outer = readSign1(bytes)
  const shown = readShown(outer.payload)
  const genuine = await genuineClaims(shown ? readSign1(shown.credential) : outer, evidence.keys)
  if ('outcome' in genuine) return genuine
  const verdict = openVerdict()
  verdict.ages.keysS = evidence.keysObtainedAtS === null ? null : nowS - evidence.keysObtainedAtS
  checkValidity(verdict, genuine, evidence.expectedIssuer, nowS)
  if (shown) await checkPresentation(verdict, outer, shown.atS, genuine, nowS)
  else if (genuine.kind !== 'paper') find(verdict, 'refuse', 'presentation-missing')
  checkColour(verdict, genuine, evidence.lists, rule, nowS)
  judgeTest(verdict, genuine.test, rule, nowS)
  if (genuine.kind !== 'device') find(verdict, 'allow', 'check-document')
  return {
    ...verdict,
    kind: genuine.kind,
    name: genuine.name,
    documentTail: genuine.documentTail,
    issuer: genuine.issuer,
    test: genuine.test,
    vaccine: genuine.vaccine,
    subject: base64url(genuine.subject),
  }
}

/** The payload of a presentation, [credential, now]; null when it is not an array, hence a bare credential. */
export function readShown(payload: Bytes): { credential: Bytes; atS: number } | null {
  const first = payload[0]
  if (first === undefined) throw new FormatError('payload: empty')
  // Only the kind of the first item: a bare credential's payload is not trusted enough to be decoded yet.
  if (first >> 5 !== 4) return null
  const item = decodeCbor(payload)
  if (!Array.isArray(item)) throw new FormatError('presentation: not an array')
  const [credential, atS] = item
  if (item.length !== 2 || !(credential instanceof Uint8Array)) throw new FormatError('presentation: credential')
  if (typeof atS !== 'number' || !Number.isInteger(atS)) throw new FormatError('presentation: time')
  return { credential, atS }
}

/** The claims of a credential with a good signature; else the verdict that ends the check. */
async function genuineClaims(credential: Sign1, keys: KeySet): Promise<Credential | Verdict> {
  if (!namesAlgorithm(credential)) throw new FormatError('credential: no algorithm')
  const algorithm = protectedAlgorithm(credential)
  if (algorithm !== 'ES256') throw new UnsupportedError('credential: algorithm')
  const kid = protectedKid(credential)
  const key = kid && keys.get(hex(kid))
  if (!key) return verdictOnly('check-by-hand', 'unknown-key')
  if (!(await verifySign1(credential, algorithm, key))) return verdictOnly('refuse', 'bad-signature')
  return readCredential(credential.payload)
}

function checkValidity(verdict: Verdict, claims: Credential, expectedIssuer: string | null, nowS: number): void {
  verdict.ages.credentialS = nowS - claims.issuedAtS
  if (expectedIssuer !== null && expectedIssuer !== claims.issuer) find(verdict, 'refuse', 'wrong-issuer')
  if (nowS >= claims.expiresAtS) find(verdict, 'refuse', 'expired')
  if (claims.issuedAtS > nowS + SKEW_S) find(verdict, 'refuse', 'not-yet-valid')
}

async function checkPresentation(
  verdict: Verdict,
  outer: Sign1,
  atS: number,
  { holderKey }: Credential,
  nowS: number,
): Promise<void> {
  const algorithm = protectedAlgorithm(outer)
  const key = holderKey && (await importP256(holderKey.x, holderKey.y))
  if (algorithm !== 'ES256' || !key || !(await verifySign1(outer, algorithm, key, PRESENTATION_AAD))) {
    // The time inside is worth nothing either.
    return find(verdict, 'refuse', 'bad-device-proof')
  }
  const ageS = nowS - atS
  verdict.ages.presentationS = ageS
  if (ageS > PRESENTATION_FRESH_S) find(verdict, 'refuse', 'stale-presentation')
  if (ageS < -SKEW_S) find(verdict, 'refuse', 'clock-skew')
}

function checkColour(
  verdict: Verdict,
  claims: Credential,
  lists: Evidence['lists'],
  rule: VenueRule,
  nowS: number,
): void {
  const list = lists.get(claims.status.uri)
  if (!list) {
    const city = cityOf(claims.status.uri)
    const missing = lists.size === 0 || [...lists.keys()].some((uri) => cityOf(uri) === city)
    const recent = nowS - claims.issuedAtS <= COLOUR_FRESH_S
    if (missing) find(verdict, recent ? 'allow' : 'check-by-hand', 'status-list-missing')
    else find(verdict, 'check-by-hand', 'status-list-wrong-city')
    verdict.colourSource = 'credential'
    return judgeColour(verdict, claims.colour, rule)
  }
  verdict.ages.statusListS = nowS - list.issuedAtS
  if (isStale(list, rule.maxStatusAgeS, nowS)) find(verdict, 'check-by-hand', 'status-list-stale')
  verdict.colourSource = 'status-list'
  const status = statusAt(list.values, claims.status.index)
  // The draft, section 8.3: an index out of range must be refused.
  if (status === null) return find(verdict, 'refuse', 'malformed')
  if (status === 1) return find(verdict, 'refuse', 'void')
  judgeColour(verdict, status === 0 ? 'green' : status === 2 ? 'yellow' : 'red', rule)
}

/** Older than allowed, past its own end, or from the future by more than clocks may differ. */
function isStale(list: StatusList, maxAgeS: number, nowS: number): boolean {
  const ageS = nowS - list.issuedAtS
  return ageS > maxAgeS || ageS < -SKEW_S || (list.expiresAtS !== null && nowS >= list.expiresAtS)
}
