/// The verdict on a foreign proof: genuine and in force, and where the venue asks for it a fresh negative test.
import { type GenuineDcc, readDcc } from './dcc'
import type { KeySet } from './jwks'
import type { TrustList } from './trust_list'
import type { VenueRule } from './venue_rule'
import { type Outcome, SKEW_S, type Verdict, find, openVerdict, verdictOnly } from './verdict'

/** A foreign test counts for this long after sampling. */
const NEGATIVE_WITHIN_S = 48 * 3600

/** Judges the part of an `HC1:` text after the prefix. `keys` are the city's own. Throws as {@link readDcc} does. */
export async function verifyForeign(
  encoded: string,
  trust: TrustList,
  keys: KeySet,
  rule: VenueRule,
  nowS: number,
): Promise<Verdict> {
  const dcc = await readDcc(encoded, trust, keys)
  if (dcc === 'unknown-key') return verdictOnly('check-by-hand', 'unknown-key')
  if (dcc === 'bad-signature') return verdictOnly('refuse', 'bad-signature')
  const verdict = openVerdict()
  verdict.ages.credentialS = nowS - dcc.issuedAtS
  if (!dcc.permitted) find(verdict, 'refuse', 'wrong-key-usage')
  if (nowS > dcc.expiresAtS) find(verdict, 'refuse', 'expired')
  if (nowS < dcc.issuedAtS) find(verdict, 'refuse', 'not-yet-valid')
  checkNegative(verdict, dcc, rule, nowS)
  // It says nothing of the colour of today, nor whether its result was corrected since.
  if (dcc.isOwn) find(verdict, 'check-by-hand', 'code-needed')
  find(verdict, 'allow', 'check-document')
  return {
    ...verdict,
    kind: 'dcc',
    name: dcc.content.name,
    issuer: dcc.issuer,
    test: dcc.content.test,
    vaccine: dcc.content.vaccine,
  }
}

function checkNegative(verdict: Verdict, { content }: GenuineDcc, rule: VenueRule, nowS: number): void {
  const asked = rule.foreignProof === 'negative'
  // Where only genuineness is asked for, what the test says is information.
  const [refuse, byHand]: [Outcome, Outcome] = asked ? ['refuse', 'check-by-hand'] : ['allow', 'allow']
  const test = content.recognisedTest ? content.test : null
  if (test === null) {
    if (asked) find(verdict, byHand, 'not-a-test')
    return
  }
  if (test.outcome === 'positive') find(verdict, refuse, 'test-positive')
  else if (test.outcome !== 'negative') find(verdict, byHand, 'test-missing')
  if (nowS - test.sampled > NEGATIVE_WITHIN_S) find(verdict, byHand, 'test-too-old')
  if (nowS - test.sampled < -SKEW_S) find(verdict, byHand, 'clock-skew')
}
