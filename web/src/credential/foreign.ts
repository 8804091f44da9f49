/// The verdict on a foreign proof: genuine and in force, and where the venue asks for it a fresh negative test.
import { type GenuineDcc, readDcc } from './dcc'
import type { TrustList } from './trust_list'
import type { VenueRule } from './venue_rule'
import { type Verdict, find, openVerdict, verdictOnly } from './verdict'

/** A foreign test counts for this long after sampling. */
const NEGATIVE_WITHIN_S = 48 * 3600

/** Judges the part of an `HC1:` text after the prefix. Throws as {@link readDcc} does. */
export async function verifyForeign(
  encoded: string,
  trust: TrustList,
  rule: VenueRule,
  nowS: number,
): Promise<Verdict> {
  const dcc = await readDcc(encoded, trust)
  if (dcc === 'unknown-key') return verdictOnly('check-by-hand', 'unknown-key')
  if (dcc === 'bad-signature') return verdictOnly('refuse', 'bad-signature')
  const verdict = openVerdict()
  verdict.ages.credentialS = nowS - dcc.issuedAtS
  if (!dcc.permitted) find(verdict, 'refuse', 'key-usage')
  if (nowS > dcc.expiresAtS) find(verdict, 'refuse', 'expired')
  if (nowS < dcc.issuedAtS) find(verdict, 'refuse', 'not-yet-valid')
  checkNegative(verdict, dcc, rule, nowS)
  find(verdict, 'allow', 'check-document')
  return {
    ...verdict,
    kind: 'dcc',
    name: dcc.content.name,
    issuer: dcc.issuer,
    test: dcc.content.test,
  }
}

function checkNegative(verdict: Verdict, { content }: GenuineDcc, rule: VenueRule, nowS: number): void {
  const asked = rule.foreignProof === 'negative'
  const { test } = content
  if (test === null) {
    if (asked) find(verdict, 'check-by-hand', 'not-a-test')
    return
  }
  if (test.outcome === 'positive') find(verdict, asked ? 'refuse' : 'allow', 'test-positive')
  if (nowS - test.sampled > NEGATIVE_WITHIN_S) find(verdict, asked ? 'check-by-hand' : 'allow', 'test-too-old')
}
