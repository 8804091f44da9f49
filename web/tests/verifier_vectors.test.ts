/// The shared vectors: every verdict and every status list token exactly as the Rust crate gives it.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type Bytes, FormatError, fromBase64, hex } from '../src/credential/bytes'
import { inflate } from '../src/credential/inflate'
import { readJwks } from '../src/credential/jwks'
import { type StatusList, keepNewest, readStatusListToken, statusAt } from '../src/credential/status_list'
import { readTrustList } from '../src/credential/trust_list'
import { readVenueRule } from '../src/credential/venue_rule'
import { REASONS, type Verdict } from '../src/credential/verdict'
import { verify } from '../src/credential/verify'

interface Case {
  name: string
  text: string
  now: number
  jwks: unknown
  keysObtainedAt: number | null
  expectedIssuer: string | null
  statusLists: string[]
  trust: string[]
  rule: unknown
  expected: Verdict
}
interface Token {
  name: string
  token: string
  jwks: unknown
  expected: TokenClaims | { error: string }
}
interface TokenClaims {
  uri: string
  issuedAt: number
  expiresAt: number | null
  ttl: number | null
  entries: number
  values: number[]
}
interface Vectors {
  cases: Case[]
  statusListTokens: Token[]
  statusListBits: { name: string; bytes: string; zlib: string; values: number[] }[]
}

const file = fileURLToPath(new URL('../../testdata/credential/vectors.json', import.meta.url))
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors
const fromHex = (text: string): Bytes => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

async function verdictOf(one: Case): Promise<Verdict> {
  const keys = await readJwks(one.jwks)
  const lists = new Map<string, StatusList>()
  for (const token of one.statusLists) {
    // A gate keeps what it can verify, and the newest of each.
    const list = await readStatusListToken(fromBase64(token), keys).catch(() => null)
    if (list) keepNewest(lists, list)
  }
  const foreign = await readTrustList(one.trust.map(fromBase64))
  const evidence = { keys, keysObtainedAtS: one.keysObtainedAt, expectedIssuer: one.expectedIssuer, lists, foreign }
  return verify(one.text, evidence, readVenueRule(one.rule), one.now)
}

test.each(vectors.cases.map((one) => [one.name, one] as const))('verdict: %s', async (_name, one) => {
  expect(await verdictOf(one)).toEqual(one.expected)
})

test('there are as many cases as were agreed, and they cover every reason', () => {
  expect(vectors.cases.length).toBe(120)
  const covered = new Set(vectors.cases.flatMap(({ expected }) => expected.reasons))
  expect(REASONS.filter((reason) => !covered.has(reason))).toEqual([])
})

test.each(vectors.statusListBits.map((one) => [one.name, one] as const))('status bits: %s', async (_name, one) => {
  const bytes = await inflate(fromHex(one.zlib), 1 << 18)
  expect(hex(bytes)).toBe(one.bytes)
  expect(one.values.map((_value, index) => statusAt(bytes, index))).toEqual(one.values)
})

test.each(vectors.statusListTokens.map((one) => [one.name, one] as const))('status list token: %s', async (_name, one) => {
  const read = readStatusListToken(fromBase64(one.token), await readJwks(one.jwks))
  const { expected } = one
  if ('error' in expected) return expect(read).rejects.toBeInstanceOf(FormatError)
  const list = await read
  expect([list.uri, list.issuedAtS, list.expiresAtS, list.ttlS]).toEqual([
    expected.uri,
    expected.issuedAt,
    expected.expiresAt,
    expected.ttl,
  ])
  expect(list.values.length * 4).toBe(expected.entries)
  expect(expected.values.map((_value, index) => statusAt(list.values, index))).toEqual(expected.values)
})
