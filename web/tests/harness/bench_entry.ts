/// What the bench runs inside the browser.
import { fromBase64 } from '../../src/credential/bytes'
import { readJwks } from '../../src/credential/jwks'
import { readStatusListToken } from '../../src/credential/status_list'
import { GATE_RULE } from '../../src/credential/venue_rule'
import { verify } from '../../src/credential/verify'

interface Given {
  texts: string[]
  token: string
  jwks: unknown
  nowS: number
  warmUp: number
}

/** Judges every text, one after the other as a gate does; times in milliseconds, without the warm-up. */
export async function run({ texts, token, jwks, nowS, warmUp }: Given): Promise<{ times: number[]; allowed: number }> {
  const keys = await readJwks(jwks)
  const list = await readStatusListToken(fromBase64(token), keys)
  const lists = new Map([[list.uri, list]])
  const evidence = { keys, keysObtainedAtS: nowS, expectedIssuer: '610100', lists, foreign: new Map() }
  const rule = { ...GATE_RULE, requireNegativeWithinH: 48 }
  const times: number[] = []
  let allowed = 0
  for (const [i, text] of texts.entries()) {
    const start = performance.now()
    const verdict = await verify(text, evidence, rule, nowS)
    if (i >= warmUp) times.push(performance.now() - start)
    if (verdict.outcome === 'allow') allowed += 1
  }
  return { times, allowed }
}
