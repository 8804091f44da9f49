/// The records of a table: on the disk before they are told, found by index, never deleted too early.
import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { BoxStore, BoxTaken } from '../src/sampler/store/box_store'
import { deviceHasher, deviceUuid, endLease, takeLease } from '../src/sampler/store/facts'
import { KEPT_MS, Outgoing } from '../src/sampler/store/outgoing'
import { RecordDb } from '../src/sampler/store/record_db'
import type { Errand } from '../src/sampler/store/rows'
import { SampleStore } from '../src/sampler/store/sample_store'
import { binding, freshRecords, tubeRow } from './harness/sampler_records'

const errand = (change: Partial<Errand> = {}): Errand => ({ kind: 'undo', path: '/x', body: {}, atMs: 1, key: 'k', about: '', ...change })

test('a person bound to a tube is there after the page was closed', async () => {
  const { name, db, store } = await freshRecords()
  await store.openTube(tubeRow('TUBE-01'))
  const { tube } = await store.bind(binding(1, 'TUBE-01'))
  expect(tube.people).toBe(1)
  db.close()
  const again = new SampleStore(await RecordDb.open(name))
  expect(await again.openTubes()).toMatchObject([{ tube: 'TUBE-01', people: 1 }])
  expect(await again.people('TUBE-01')).toMatchObject([{ key: 'key-1', queue: 10_001 }])
})

test('every write asks for the disk', async () => {
  const { store } = await freshRecords()
  const begun = vi.spyOn(IDBDatabase.prototype, 'transaction')
  await store.openTube(tubeRow('TUBE-01'))
  await store.bind(binding(1, 'TUBE-01'))
  const writes = begun.mock.calls.filter(([, mode]) => mode === 'readwrite')
  expect(writes.length).toBe(2)
  for (const [, , options] of writes) expect(options).toEqual({ durability: 'strict' })
  begun.mockRestore()
})

test('a tube takes no more people than it is made for, also from two tabs at once', async () => {
  const { name, store } = await freshRecords()
  const other = new SampleStore(await RecordDb.open(name))
  await store.openTube(tubeRow('TUBE-01', { size: 5 }))
  const tries = Array.from({ length: 12 }, (_, n) => (n % 2 ? store : other).bind(binding(n, 'TUBE-01')))
  const done = await Promise.allSettled(tries)
  expect(done.filter(({ status }) => status === 'fulfilled').length).toBe(5)
  expect(done.filter((one) => one.status === 'rejected').every((one) => one.reason.why === 'tube-full')).toBe(true)
  expect((await store.people('TUBE-01')).length).toBe(5)
})

test('the same person is bound to a tube once', async () => {
  const { store } = await freshRecords()
  await store.openTube(tubeRow('TUBE-01'))
  await store.bind(binding(1, 'TUBE-01'))
  await expect(store.bind(binding(2, 'TUBE-01', { key: 'key-1' }))).rejects.toMatchObject({ why: 'in-this-tube' })
  expect(await store.tube('TUBE-01')).toMatchObject({ people: 1 })
})

test('a person is known in the round by code or document, and maybe by name and tail', async () => {
  const { store } = await freshRecords()
  await store.openTube(tubeRow('TUBE-01'))
  await store.bind(binding(1, 'TUBE-01'))
  expect(await store.known('round 3', 'key-1', 'likely-1')).toMatchObject({ same: { tube: 'TUBE-01' }, maybe: null })
  expect(await store.known('round 3', 'key-9', 'likely-1')).toMatchObject({ same: null, maybe: { tube: 'TUBE-01' } })
  expect(await store.known('round 4', 'key-1', 'likely-1')).toEqual({ same: null, maybe: null })
  expect(await store.known('round 3', 'key-9', undefined)).toEqual({ same: null, maybe: null })
})

test('who was undone stays in the list, is no duplicate, and leaves the place free', async () => {
  const { store } = await freshRecords()
  await store.openTube(tubeRow('TUBE-01', { size: 1 }))
  const { sample } = await store.bind(binding(1, 'TUBE-01'))
  await store.undo(sample.id, 20_000, () => errand())
  expect(await store.people('TUBE-01')).toMatchObject([{ undoneMs: 20_000, queue: 10_001 }])
  expect(await store.known('round 3', 'key-1', undefined)).toMatchObject({ same: null })
  expect((await store.bind(binding(2, 'TUBE-01', { key: 'key-1' }))).tube.people).toBe(1)
})

test('undoing twice counts once, and one the server has is undone there by an errand', async () => {
  const { db, store } = await freshRecords()
  const outgoing = new Outgoing(db)
  await store.openTube(tubeRow('TUBE-01'))
  await store.bind(binding(1, 'TUBE-01'))
  const { sample } = await store.bind(binding(2, 'TUBE-01'))
  await outgoing.settleSamples([sample], [{ id: sample.id, status: 'recorded' }], 30_000)
  await store.undo(sample.id, 40_000, (row) => errand({ path: `/undo/${row.id}` }))
  await store.undo(sample.id, 50_000, () => errand())
  expect(await store.tube('TUBE-01')).toMatchObject({ people: 1 })
  expect((await outgoing.errands()).map((one) => one.errand.path)).toEqual([`/undo/${sample.id}`])
})

test('a sealed tube takes nobody, and opens again only until the seal was sent', async () => {
  const { db, store } = await freshRecords()
  await store.openTube(tubeRow('TUBE-01'))
  await expect(store.seal('TUBE-01', 1)).rejects.toMatchObject({ why: 'empty' })
  await store.bind(binding(1, 'TUBE-01'))
  await store.seal('TUBE-01', 20_000)
  await expect(store.bind(binding(2, 'TUBE-01'))).rejects.toMatchObject({ why: 'tube-sealed' })
  expect(await store.reopen('TUBE-01')).toMatchObject({ open: 1 })
  expect(await new Outgoing(db).nextSeals(500)).toEqual([])
  await store.seal('TUBE-01', 30_000)
  expect((await new Outgoing(db).nextSeals(500)).length).toBe(1)
  await expect(store.reopen('TUBE-01')).rejects.toMatchObject({ why: 'seal-sent' })
})

test('an empty tube can be forgotten, one with a trace is put away and may go on', async () => {
  const { store } = await freshRecords()
  await store.openTube(tubeRow('TUBE-01'))
  await store.dropEmpty('TUBE-01')
  expect(await store.tube('TUBE-01')).toBeUndefined()
  await store.openTube(tubeRow('TUBE-02'))
  const { sample } = await store.bind(binding(1, 'TUBE-02'))
  await store.undo(sample.id, 2, () => errand())
  await store.dropEmpty('TUBE-02')
  expect(await store.tube('TUBE-02')).toBeDefined()
  expect([await store.openTubes(), (await store.people('TUBE-02')).length]).toEqual([[], 1])
  expect(await store.reopen('TUBE-02')).toMatchObject({ open: 1, people: 0 })
  await store.bind(binding(2, 'TUBE-02'))
  await store.dropEmpty('TUBE-02')
  expect(await store.tube('TUBE-02')).toMatchObject({ open: 1, people: 1 })
})

test('a box takes more tubes until it is handed over, each once', async () => {
  const { db, store } = await freshRecords()
  const boxes = new BoxStore(db)
  for (const [n, tube] of ['TUBE-01', 'TUBE-02'].entries()) {
    await store.openTube(tubeRow(tube))
    await store.bind(binding(n, tube))
    await store.seal(tube, 20_000 + n)
  }
  expect((await boxes.loose()).map(({ tube }) => tube)).toEqual(['TUBE-01', 'TUBE-02'])
  const row = { box: 'BOX-001', pointId: 12, tubes: ['TUBE-01'], packedMs: 30_000 }
  await boxes.pack(row, errand({ kind: 'box' }))
  expect((await boxes.loose()).map(({ tube }) => tube)).toEqual(['TUBE-02'])
  expect(await store.tube('TUBE-01')).toMatchObject({ box: 'BOX-001' })
  await boxes.pack({ ...row, tubes: ['TUBE-02'] }, errand({ kind: 'box' }))
  expect([await boxes.box('BOX-001'), await boxes.loose()]).toMatchObject([{ tubes: ['TUBE-01', 'TUBE-02'] }, []])
  await boxes.handOver('BOX-001', '李师傅', 40_000, errand({ kind: 'hand-over' }))
  expect(await boxes.boxes()).toMatchObject([{ box: 'BOX-001', courier: '李师傅', handedMs: 40_000 }])
  await expect(boxes.pack(row, errand())).rejects.toBeInstanceOf(BoxTaken)
  expect((await new Outgoing(db).errands()).map((one) => one.errand.kind)).toEqual(['box', 'box', 'hand-over'])
})

test('of the counts of a queue only the latest waits to be sent', async () => {
  const { db } = await freshRecords()
  const boxes = new BoxStore(db)
  const queue = (waiting: number) => errand({ kind: 'queue', path: '/v1/sampling-points/12/queue', body: { waiting } })
  for (const waiting of [5, 15, 25]) await boxes.errand(queue(waiting), true)
  expect((await new Outgoing(db).errands()).map((one) => one.errand.body)).toEqual([{ waiting: 25 }])
})

test('after 14 days what the server has goes, what it has not stays', async () => {
  const { db, store } = await freshRecords()
  const outgoing = new Outgoing(db)
  await store.openTube(tubeRow('TUBE-01'))
  const { sample } = await store.bind(binding(1, 'TUBE-01'))
  await store.openTube(tubeRow('TUBE-02', { openedMs: 1_001 }))
  await store.bind(binding(2, 'TUBE-02'))
  await store.seal('TUBE-01', 20_000)
  await outgoing.settleSamples([sample], [{ id: sample.id, status: 'recorded' }], 30_000)
  await outgoing.settleSeals(await outgoing.nextSeals(9), [{ id: 'TUBE-01', status: 'recorded' }])
  expect(await outgoing.purge(30_000 + KEPT_MS - 1)).toBe(0)
  expect(await outgoing.purge(30_000 + KEPT_MS)).toBe(1)
  expect([await store.tube('TUBE-01'), await store.people('TUBE-01')]).toEqual([undefined, []])
  expect((await store.people('TUBE-02')).length).toBe(1)
})

test('everything that is old enough goes at once, however much it is', async () => {
  const { db, store } = await freshRecords()
  const outgoing = new Outgoing(db)
  await store.openTube(tubeRow('TUBE-01'))
  for (const n of [1, 2, 3, 4, 5]) {
    const { sample } = await store.bind(binding(n, 'TUBE-01'))
    await outgoing.settleSamples([sample], [{ id: sample.id, status: 'recorded' }], 30_000)
  }
  expect([await outgoing.purge(30_000 + KEPT_MS, 2), await store.people('TUBE-01')]).toEqual([5, []])
})

test('with 10,000 people on the device a scan reads a handful of rows and counts nothing', async () => {
  const { db, store } = await freshRecords()
  await db.write(['tubes', 'samples'], async (at) => {
    for (let n = 0; n < 10_000; n += 1) {
      const tube = `TUBE-${Math.floor(n / 10)}`
      const { atMs, ...row } = binding(n, tube)
      at('samples').put({ ...row, size: 10, household: false, campaign: 3, pointId: 12, sampledMs: atMs, queue: atMs })
      if (n % 10 === 0) at('tubes').put(tubeRow(tube, { people: 10, openedMs: n, sealedMs: n, sealQueue: n, loose: n }))
    }
  })
  await store.openTube(tubeRow('TUBE-NEW-1', { openedMs: 99_999 }))
  const [all, indexed] = [vi.spyOn(IDBObjectStore.prototype, 'getAll'), vi.spyOn(IDBIndex.prototype, 'getAll')]
  const [counted, walked] = [vi.spyOn(IDBIndex.prototype, 'count'), vi.spyOn(IDBIndex.prototype, 'openCursor')]
  const known = await store.known('round 3', 'key-7777', 'likely-7777')
  await store.bind(binding(10_001, 'TUBE-NEW-1'))
  await store.openTubes()
  const people = await store.people('TUBE-NEW-1')
  expect([known.same?.id, people.length]).toEqual([binding(7_777, '').id, 1])
  expect([all, counted, walked].map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0])
  // Every read names its key: a person, a likeness, the open tubes, a tube.
  expect(indexed.mock.calls.length).toBe(5)
  for (const [range] of indexed.mock.calls) expect(range).toBeTruthy()
  for (const result of indexed.mock.results) expect((result.value as IDBRequest<unknown[]>).result.length).toBeLessThanOrEqual(1)
  for (const spy of [all, indexed, counted, walked]) spy.mockRestore()
})

test('all tabs of a device have one id and one hash key, which is not to be read out', async () => {
  const { name, db } = await freshRecords()
  const other = await RecordDb.open(name)
  const [one, two] = await Promise.all([deviceHasher(db), deviceHasher(other)])
  expect(await one('document resident-id 1')).toBe(await two('document resident-id 1'))
  expect(await one('a')).not.toBe(await one('b'))
  const [first, second] = await Promise.all([deviceUuid(db), deviceUuid(other)])
  expect(first).toBe(second)
  expect(first).toMatch(/^[0-9a-f-]{36}$/)
  const elsewhere = await deviceHasher((await freshRecords()).db)
  expect(await elsewhere('a')).not.toBe(await one('a'))
})

test('a lease holds one tab off another, and is lost by time or given back', async () => {
  const { db } = await freshRecords()
  expect(await takeLease(db, 'sync', 'a', 0, 100)).toBe(true)
  expect(await takeLease(db, 'sync', 'b', 50, 100)).toBe(false)
  expect(await takeLease(db, 'sync', 'a', 60, 100)).toBe(true)
  expect(await takeLease(db, 'sync', 'b', 161, 100)).toBe(true)
  await endLease(db, 'sync', 'a')
  expect(await takeLease(db, 'sync', 'a', 170, 100)).toBe(false)
  await endLease(db, 'sync', 'b')
  expect(await takeLease(db, 'sync', 'a', 171, 100)).toBe(true)
})
