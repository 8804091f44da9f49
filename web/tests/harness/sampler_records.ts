/// Tubes and people for tests of the sampler's records.
import { RecordDb } from '../../src/sampler/store/record_db'
import type { TubeRow } from '../../src/sampler/store/rows'
import { type NewBinding, SampleStore } from '../../src/sampler/store/sample_store'

let databases = 0

/** A database that no other test uses. */
export async function freshRecords(): Promise<{ name: string; db: RecordDb; store: SampleStore }> {
  databases += 1
  const name = `records-${databases}`
  const db = await RecordDb.open(name)
  return { name, db, store: new SampleStore(db) }
}

export const tubeRow = (tube: string, change: Partial<TubeRow> = {}): TubeRow => ({
  tube,
  size: 10,
  household: false,
  campaign: 3,
  pointId: 12,
  openedMs: 1_000,
  people: 0,
  ...change,
})

export const binding = (n: number, tube: string, change: Partial<NewBinding> = {}): NewBinding => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  tube,
  round: 'round 3',
  source: 'typed',
  key: `key-${n}`,
  likely: `likely-${n}`,
  person: { document: { kind: 'resident-id', number: `number-${n}` }, name: `name-${n}` },
  label: { name: '张*三', tail: String(n) },
  atMs: 10_000 + n,
  ...change,
})
