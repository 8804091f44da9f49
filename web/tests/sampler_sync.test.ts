/// Syncing a table: in batches, once, in order, by one tab; what is sent back waits to be mended.
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import type { Client } from '../src/api/client'
import { Problem, Unreachable } from '../src/api/problem'
import { Outgoing } from '../src/sampler/store/outgoing'
import { RecordDb } from '../src/sampler/store/record_db'
import type { Errand, SampleRow } from '../src/sampler/store/rows'
import { SampleStore } from '../src/sampler/store/sample_store'
import { BoxStore } from '../src/sampler/store/box_store'
import { exclusiveOver } from '../src/sampler/sync/exclusive'
import { Sync } from '../src/sampler/sync/sync'
import { binding, freshRecords, tubeRow } from './harness/sampler_records'

interface Sent {
  path: string
  body: Record<string, unknown>
  key?: string
}
type Answerer = (sent: Sent) => unknown

const problem = (status: number, code = 'x') => new Problem({ type: `/problems/${code}`, title: code, status })
const rowsOf = ({ body }: Sent) => (body.samples ?? body.tubes) as { id?: string; tube: string; undone?: string; person?: unknown }[]
const recorded: Answerer = (sent) => ({ items: rowsOf(sent).map(({ id, tube }) => ({ id: id ?? tube, status: 'recorded' })) })

async function tableWith(answerer: Answerer) {
  const { name, db, store } = await freshRecords()
  const sent: Sent[] = []
  const answer = async (path: string, body: unknown, key?: string) => {
    const request = { path, body: body as Record<string, unknown>, ...(key ? { key } : {}) }
    sent.push(request)
    return answerer(request)
  }
  const client = {
    post: (path: string, body: unknown) => answer(path, body),
    send: (_method: string, path: string, options: { body: unknown; idempotencyKey: string }) => answer(path, options.body, options.idempotencyKey),
  } as unknown as Client
  const clock = { ms: 1_000_000, nowMs: () => clock.ms, random: () => 0.5 }
  const syncOf = (records: RecordDb, locks?: LockManager) => {
    const exclusive = exclusiveOver(records, name, locks, clock.nowMs)
    return new Sync({ db: records, outgoing: new Outgoing(records), client, device: 'device-1', exclusive, clock })
  }
  const sync = syncOf(db)
  await sync.load()
  return { name, db, store, outgoing: new Outgoing(db), sent, clock, sync, syncOf }
}

async function fill(store: SampleStore, people: number, size: 10 | 20 = 20) {
  const rows: SampleRow[] = []
  for (let n = 0; n < people; n += 1) {
    const tube = `TUBE-${1000 + Math.floor(n / size)}`
    if (n % size === 0) await store.openTube(tubeRow(tube, { size, openedMs: n }))
    rows.push((await store.bind(binding(n, tube))).sample)
  }
  return rows
}

test('samples go out in batches of at most 500, oldest first, with everything the contract asks for', async () => {
  const { store, sync, sent } = await tableWith(recorded)
  await fill(store, 1_020)
  await sync.run()
  expect(sent.map((one) => rowsOf(one).length)).toEqual([500, 500, 20])
  expect(sent[0]?.body).toMatchObject({ device: 'device-1', pointId: 12 })
  expect(rowsOf(sent[0] as Sent)[0]).toEqual({
    id: binding(0, '').id,
    tube: 'TUBE-1000',
    size: 20,
    household: false,
    campaign: 3,
    person: { document: { kind: 'resident-id', number: 'number-0' }, name: 'name-0' },
    sampled: '1970-01-01T00:00:10.000Z',
    source: 'typed',
  })
  expect(sync.waiting.value).toEqual({ samples: 0, seals: 0, errands: 0, refused: 0, oldestMs: null })
  expect(sync.lastMs.value).toBe(1_000_000)
}, 60_000)

test('a lost answer costs nothing: the same ids go again, also after the page was closed', async () => {
  let lost = true
  const { name, store, sync, sent, clock, syncOf } = await tableWith((request) => {
    if (lost) throw new Unreachable('cut')
    return recorded(request)
  })
  await fill(store, 3)
  await sync.run()
  expect([sync.waiting.value.samples, sync.waiting.value.oldestMs, sync.failure.value]).toEqual([3, 10_000, 'unreachable'])
  lost = false
  await sync.run()
  expect(sent.length).toBe(1)
  clock.ms += 60_000
  const later = syncOf(await RecordDb.open(name))
  await later.run()
  expect(rowsOf(sent[1] as Sent)).toEqual(rowsOf(sent[0] as Sent))
  expect(later.waiting.value.samples).toBe(0)
})

test('where large batches do not arrive in time smaller ones do', async () => {
  const arrived: string[] = []
  const { store, sync, sent } = await tableWith((request) => {
    const rows = rowsOf(request)
    if (rows.length > 100) throw new Unreachable('slow')
    arrived.push(...rows.map(({ id }) => id ?? ''))
    return recorded(request)
  })
  await fill(store, 600)
  for (let tries = 0; tries < 20 && (tries === 0 || sync.waiting.value.samples > 0); tries += 1) await sync.run(true)
  expect(sync.waiting.value.samples).toBe(0)
  expect([arrived.length, new Set(arrived).size]).toEqual([600, 600])
  expect(sent.length).toBeLessThan(25)
})

test('a clock that is set back does not hold the pause for days', async () => {
  const { store, sync, sent, clock } = await tableWith(() => {
    throw new Unreachable('off')
  })
  await fill(store, 1)
  await sync.run()
  await sync.run()
  expect(sent.length).toBe(1)
  clock.ms -= 86_400_000
  await sync.run()
  expect(sent.length).toBe(2)
})

test('pressing the button does not wait for the pause', async () => {
  let lost = true
  const { store, sync } = await tableWith((request) => {
    if (lost) throw new Unreachable('cut')
    return recorded(request)
  })
  await fill(store, 1)
  await sync.run()
  lost = false
  await sync.run(true)
  expect(sync.waiting.value.samples).toBe(0)
})

test('names and numbers leave the device when the server has them, the label when the tube is sealed', async () => {
  const { store, sync } = await tableWith(recorded)
  await fill(store, 2)
  await sync.run()
  const [open] = await store.people('TUBE-1000')
  expect(open).toMatchObject({ ackMs: 1_000_000, key: 'key-0', label: { name: '张*三' } })
  expect(open?.person).toBeUndefined()
  await store.seal('TUBE-1000', 50_000)
  await sync.run()
  const [sealed] = await store.people('TUBE-1000')
  expect([sealed?.label, sealed?.person, sealed?.key]).toEqual([undefined, undefined, 'key-0'])
  expect((await store.known('round 3', 'key-0', undefined)).same?.tube).toBe('TUBE-1000')
})

test('who is undone before the sync is sent undone; who is undone on the way is sent again', async () => {
  const during: { undo?: () => Promise<unknown> } = {}
  const { store, sync, sent } = await tableWith(async (request) => {
    await during.undo?.()
    return recorded(request)
  })
  const [first, second] = await fill(store, 2)
  const errand = () => ({}) as Errand
  await store.undo(first?.id ?? '', 20_000, errand)
  during.undo = async () => {
    delete during.undo
    await store.undo(second?.id ?? '', 30_000, errand)
  }
  await sync.run()
  const undone = sent.map((one) => rowsOf(one).map((row) => row.undone ?? null))
  expect(undone).toEqual([['1970-01-01T00:00:20.000Z', null], ['1970-01-01T00:00:30.000Z']])
  expect(rowsOf(sent[1] as Sent)[0]?.person).toBeDefined()
  expect(sync.waiting.value.samples).toBe(0)
})

test('a row sent back is kept with its reason until it is mended, and is then sent again under its id', async () => {
  const { store, sync, sent, outgoing } = await tableWith((request) => ({
    items: rowsOf(request).map((row) => {
      const named = 'name' in ((row.person ?? {}) as object)
      return named ? { id: row.id, status: 'recorded' } : { id: row.id, status: 'rejected', problem: 'name-needed', detailZh: '请给姓名' }
    }),
  }))
  await store.openTube(tubeRow('TUBE-01'))
  const person = { document: { kind: 'resident-id', number: 'n' } } as const
  const { sample } = await store.bind(binding(1, 'TUBE-01', { person }))
  await sync.run()
  expect(sync.waiting.value).toMatchObject({ samples: 0, refused: 1 })
  const [refused] = await outgoing.refused(10)
  expect(refused).toMatchObject({ id: sample.id, person, refused: { problem: 'name-needed', zh: '请给姓名' } })
  await outgoing.mend(sample.id, { person: { ...person, name: '王小五' }, key: 'key-1', source: 'typed', label: { name: '王*五', tail: 'n' } })
  await sync.run()
  expect(sync.waiting.value).toMatchObject({ samples: 0, refused: 0 })
  expect(rowsOf(sent[1] as Sent)).toMatchObject([{ id: sample.id, person: { name: '王小五' } }])
  expect((await store.people('TUBE-01'))[0]?.person).toBeUndefined()
})

test('a row sent back that was no swab is undone here, and never sent again', async () => {
  const { store, sync, sent, outgoing } = await tableWith((request) => ({
    items: rowsOf(request).map(({ id }) => ({ id, status: 'rejected', problem: 'unknown-person' })),
  }))
  const [row] = await fill(store, 1)
  await sync.run()
  await store.undo(row?.id ?? '', 20_000, () => ({}) as Errand)
  await sync.run()
  expect([sent.length, (await outgoing.errands()).length, (await outgoing.refused(9)).length]).toEqual([1, 0, 0])
  expect(await store.people('TUBE-1000')).toMatchObject([{ undoneMs: 20_000 }])
})

test('a row sent back that is undone after its tube was sealed and told leaves no name behind', async () => {
  const { store, sync } = await tableWith((sent) => ({
    items: rowsOf(sent).map(({ id, tube }, i) => ({ id: id ?? tube, status: id && i === 0 ? 'rejected' : 'recorded', problem: 'unknown-person' })),
  }))
  const rows = await fill(store, 2)
  await store.seal('TUBE-1000', 20_000)
  await sync.run()
  expect((await store.people('TUBE-1000')).map(({ label, person }) => [label !== undefined, person !== undefined])).toEqual([
    [true, true],
    [false, false],
  ])
  const told = await store.undo(rows[0]?.id ?? '', 30_000, () => undefined)
  expect(told.label).toBeDefined()
  const [undone] = await store.people('TUBE-1000')
  expect([undone?.label, undone?.person]).toEqual([undefined, undefined])
})

test('an undoing that the server refuses for the clock waits, for it may have the sample already', async () => {
  let ahead = true
  const { store, sync, outgoing } = await tableWith((request) => ({
    items: rowsOf(request).map(({ id }) => (ahead ? { id, status: 'rejected', problem: 'in-future' } : { id, status: 'duplicate' })),
  }))
  const [row] = await fill(store, 1)
  await store.undo(row?.id ?? '', 20_000, () => ({}) as Errand)
  await sync.run()
  expect(sync.waiting.value).toMatchObject({ samples: 0, refused: 1 })
  ahead = false
  await outgoing.mend(row?.id ?? '', null)
  await sync.run()
  expect(sync.waiting.value).toMatchObject({ samples: 0, refused: 0 })
  const [after] = await store.people('TUBE-1000')
  expect([after?.undoneMs, after?.ackMs, after?.person]).toEqual([20_000, 1_000_000, undefined])
})

test('rows refused for lying ahead go again by themselves, however many they are', async () => {
  let serverMs = 0
  const { store, sync, clock } = await tableWith((request) => ({
    items: rowsOf(request).map(({ id, tube }) => (serverMs > 0 ? { id: id ?? tube, status: 'recorded' } : { id, status: 'rejected', problem: 'in-future' })),
  }))
  await fill(store, 120)
  await sync.run(true)
  expect(sync.waiting.value).toMatchObject({ samples: 0, refused: 120 })
  clock.ms += 60_000
  await sync.run(true)
  expect(sync.waiting.value.refused).toBe(120)
  // Somebody sets the clock back by an hour.
  serverMs = 1
  clock.ms -= 3_600_000
  await sync.run(true)
  expect(sync.waiting.value).toMatchObject({ samples: 0, refused: 0 })
})

test('one row that spoils a batch is found by halving and does not hold up the others', async () => {
  const spoilt = binding(5, '').id
  const { store, sync, sent } = await tableWith((request) => {
    if (rowsOf(request).some(({ id }) => id === spoilt)) throw problem(422, 'invalid-field')
    return recorded(request)
  })
  await fill(store, 12)
  await sync.run()
  expect(sync.waiting.value).toMatchObject({ samples: 0, refused: 1 })
  expect(sent.length).toBeLessThanOrEqual(9)
})

test('a point the server does not take is no fault of a row: everything waits', async () => {
  const { store, sync, sent } = await tableWith(() => {
    throw new Problem({ type: '/problems/invalid-field', title: 'x', status: 422, field: 'pointId' })
  })
  await fill(store, 12)
  await sync.run()
  expect([sent.length, sync.waiting.value.samples, sync.waiting.value.refused]).toEqual([1, 12, 0])
})

test('an ended session and a missing route keep everything in the queue', async () => {
  for (const status of [401, 403, 404, 409, 500]) {
    const { store, sync } = await tableWith(() => {
      throw problem(status)
    })
    await fill(store, 2)
    await sync.run()
    expect(sync.waiting.value).toMatchObject({ samples: 2, refused: 0 })
  }
})

test('an answer that leaves a row out settles nothing', async () => {
  const { store, sync } = await tableWith(() => ({ items: [] }))
  await fill(store, 2)
  await sync.run()
  expect(sync.waiting.value.samples).toBe(2)
})

test('seals go after the samples, errands after the seals, each errand under its own key', async () => {
  const { db, store, sync, sent } = await tableWith((request) => (rowsOf(request) && request.path !== '/v1/boxes' ? recorded(request) : {}))
  await fill(store, 1)
  await store.seal('TUBE-1000', 20_000)
  const errand: Errand = { kind: 'box', path: '/v1/boxes', body: { box: 'BOX-001', tubes: ['TUBE-1000'] }, atMs: 1, key: 'key-of-box', about: 'BOX-001' }
  await new BoxStore(db).pack({ box: 'BOX-001', pointId: 12, tubes: ['TUBE-1000'], packedMs: 1 }, errand)
  await sync.run()
  expect(sent.map(({ path }) => path)).toEqual(['/v1/samples', '/v1/tubes/seal', '/v1/boxes'])
  expect(sent[1]?.body).toEqual({ tubes: [{ tube: 'TUBE-1000', sealed: '1970-01-01T00:00:20.000Z' }] })
  expect(sent[2]?.key).toBe('key-of-box')
  expect(sync.waiting.value).toMatchObject({ samples: 0, seals: 0, errands: 0 })
})

test('an errand the server refuses is kept and shown, and holds up no other', async () => {
  const { db, outgoing, sync, sent } = await tableWith(({ path }) => {
    if (path === '/v1/boxes') throw problem(409, 'out-of-turn')
    return {}
  })
  const boxes = new BoxStore(db)
  await boxes.errand({ kind: 'box', path: '/v1/boxes', body: {}, atMs: 1, key: 'a', about: 'BOX-001' })
  await boxes.errand({ kind: 'queue', path: '/q', body: {}, atMs: 1, key: 'b', about: '5' })
  await sync.run()
  await sync.run(true)
  expect(sent.map(({ path }) => path)).toEqual(['/v1/boxes', '/q'])
  expect(sync.waiting.value).toMatchObject({ errands: 0, refused: 1 })
  const [kept] = await outgoing.errands()
  expect(kept?.errand).toMatchObject({ about: 'BOX-001', refused: { problem: 'out-of-turn' } })
  await outgoing.markErrand(kept?.at ?? 0, null)
  await sync.run(true)
  expect(sent.length).toBe(3)
})

test('a seal of a tube the server does not know waits for its first sample and goes again', async () => {
  let knows = false
  const { store, sync, outgoing, sent } = await tableWith((request) => {
    const status = knows ? 'recorded' : 'rejected'
    return { items: rowsOf(request).map(({ id, tube }) => ({ id: id ?? tube, status, problem: 'unknown-tube' })) }
  })
  const [row] = await fill(store, 1)
  await store.seal('TUBE-1000', 20_000)
  await sync.run()
  expect(await store.tube('TUBE-1000')).toMatchObject({ sealRefused: { problem: 'unknown-tube' } })
  expect(sync.waiting.value.seals).toBe(0)
  knows = true
  await outgoing.mend(row?.id ?? '', null)
  await sync.run()
  expect(sent.map(({ path }) => path)).toEqual(['/v1/samples', '/v1/tubes/seal', '/v1/samples', '/v1/tubes/seal'])
  expect((await store.tube('TUBE-1000'))?.sealRefused).toBeUndefined()
})

/** Web Locks as far as the page uses them. */
function fakeLocks(): LockManager {
  const held = new Set<string>()
  return {
    request: async (name: string, _options: unknown, work: (lock: unknown) => Promise<unknown>) => {
      if (held.has(name)) return work(null)
      held.add(name)
      return work({ name }).finally(() => held.delete(name))
    },
  } as unknown as LockManager
}

for (const [how, locks] of [['Web Locks', fakeLocks()], ['a lease', undefined]] as const) {
  test(`two tabs send each sample once, by ${how}`, async () => {
    let release = () => undefined as void
    const held = new Promise<void>((go) => (release = go))
    const { name, store, sent, syncOf, db } = await tableWith(async (request) => {
      await held
      return recorded(request)
    })
    await fill(store, 7)
    const [one, two] = [syncOf(db, locks), syncOf(await RecordDb.open(name), locks)]
    const first = one.run()
    await expect.poll(() => sent.length).toBe(1)
    await two.run()
    release()
    await first
    expect(sent.map((request) => rowsOf(request).length)).toEqual([7])
    expect(one.waiting.value.samples).toBe(0)
  })
}
