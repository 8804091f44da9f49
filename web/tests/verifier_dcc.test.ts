/// EU digital COVID certificates of real issuers, where the shared folder with the public test data is there.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fromBase64 } from '../src/credential/bytes'
import { readTrustList } from '../src/credential/trust_list'
import { DEFAULT_RULE } from '../src/credential/venue_rule'
import { verify } from '../src/credential/verify'

interface Row {
  id: string
  prefix: string
  certificate: string
  clock_unix: number
  reference: { accept: boolean; reject_at: string | null }
}

const file = fileURLToPath(new URL('../../../shared/dcc/given.jsonl', import.meta.url))
const nothing = { keys: new Map(), keysObtainedAtS: null, expectedIssuer: null, lists: new Map() }

test.skipIf(!existsSync(file))('every public certificate is judged as the reference judges it', async () => {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
  const wrong: string[] = []
  for (const { id, prefix, certificate, clock_unix, reference } of rows) {
    const foreign = await readTrustList(certificate ? [fromBase64(certificate)] : [])
    const { outcome, reasons } = await verify(prefix, { ...nothing, foreign }, DEFAULT_RULE, clock_unix)
    if ((outcome === 'allow') !== reference.accept) wrong.push(`${id}: ${outcome} ${reasons}, ${reference.reject_at}`)
  }
  expect(rows.length).toBe(140)
  expect(wrong).toEqual([])
})
