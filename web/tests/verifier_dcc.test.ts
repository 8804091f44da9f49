/// EU digital COVID certificates of real issuers, where the shared folder with the public test data is there.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fromBase64 } from '../src/credential/bytes'
import { readDcc } from '../src/credential/dcc'
import { readTrustList } from '../src/credential/trust_list'

interface Row {
  id: string
  prefix: string
  certificate: string
  clock_unix: number
  reference: { accept: boolean; reject_at: string | null; kind: string | null; entries: number }
}

const file = fileURLToPath(new URL('../../../shared/dcc/given.jsonl', import.meta.url))

test.skipIf(!existsSync(file))('every public certificate is judged as the reference judges it', async () => {
  const rows = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Row)
  const wrong: string[] = []
  for (const row of rows) {
    const trust = await readTrustList(row.certificate ? [fromBase64(row.certificate)] : [])
    const reading = await readDcc(row.prefix, trust, row.clock_unix)
    const agrees = reading.ok === row.reference.accept && (!reading.ok || reading.content.kind === row.reference.kind)
    if (!agrees) wrong.push(`${row.id}: ${reading.ok ? 'accepted' : reading.reason}, reference ${row.reference.reject_at}`)
  }
  expect(rows.length).toBe(140)
  expect(wrong).toEqual([])
})
