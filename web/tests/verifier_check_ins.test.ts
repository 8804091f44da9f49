/// The queue of check-ins: nothing lost, nothing twice, failures pause with jitter.
import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import type { Client } from '../src/api/client'
import { pauseMs } from '../src/api/pause'
import { Problem, Unreachable } from '../src/api/problem'
import { openDatabase } from '../src/offline/database'
import { type CheckIn, CheckInQueue } from '../src/verifier/check_ins'
import { STORES } from '../src/verifier/store'

type Answerer = (checkIns: { id: string }[], venueId: number) => unknown

let databases = 0
async function queueWith(answerer: Answerer) {
  databases += 1
  const name = `queue-${databases}`
  const batches: { venueId: number; ids: string[] }[] = []
  const client = {
    post: async (_path: string, { venueId, checkIns }: { venueId: number; checkIns: { id: string }[] }) => {
      batches.push({ venueId, ids: checkIns.map(({ id }) => id) })
      return answerer(checkIns, venueId)
    },
  } as unknown as Client
  const clock = { ms: 0, nowMs: () => clock.ms, random: () => 0.5 }
  const open = async () => {
    const queue = new CheckInQueue(await openDatabase(name, STORES), client, clock)
    await queue.load()
    return queue
  }
  return { open, batches, clock }
}

const checkIn = (n: number, venueId = 3): CheckIn => ({
  id: `id-${n}`,
  venueId,
  at: new Date(Date.UTC(2022, 0, 5) + n * 1000).toISOString(),
  subject: 'c3ViamVjdCAwMDAwMDAwMQ',
  outcome: 'allow',
})
const recorded: Answerer = (checkIns) => ({ items: checkIns.map(({ id }) => ({ id, status: 'recorded' })) })
const problem = (status: number) => new Problem({ type: '/problems/x', title: 'x', status })

test('check-ins go out in batches of at most 100, oldest first', async () => {
  const { open, batches } = await queueWith(recorded)
  const queue = await open()
  for (let n = 249; n >= 0; n -= 1) await queue.add(checkIn(n))
  await queue.sync()
  expect(batches.map(({ ids }) => ids.length)).toEqual([100, 100, 50])
  expect(batches[0]?.ids[0]).toBe('id-0')
  expect(queue.waiting.value).toBe(0)
})

test('check-ins of two venues are never mixed', async () => {
  const { open, batches } = await queueWith(recorded)
  const queue = await open()
  for (const n of [0, 1, 2, 3]) await queue.add(checkIn(n, n % 2 ? 8 : 3))
  await queue.sync()
  expect(batches).toEqual([
    { venueId: 3, ids: ['id-0', 'id-2'] },
    { venueId: 8, ids: ['id-1', 'id-3'] },
  ])
})

test('a lost answer costs no check-in, also over a reload, and the same ids are sent again', async () => {
  let lost = true
  const { open, batches, clock } = await queueWith((checkIns, venueId) => {
    if (lost) throw new Unreachable('cut')
    return recorded(checkIns, venueId)
  })
  const before = await open()
  await before.add(checkIn(1))
  await before.sync()
  expect(before.waiting.value).toBe(1)
  lost = false
  await before.sync()
  expect(batches.length).toBe(1)
  clock.ms += 60_000
  const after = await open()
  expect(after.waiting.value).toBe(1)
  await after.sync()
  expect(after.waiting.value).toBe(0)
  expect(batches[1]).toEqual(batches[0])
})

test('a rejected row is kept to be read, and only then forgotten', async () => {
  const { open } = await queueWith((checkIns) => ({
    items: checkIns.map(({ id }) => (id === 'id-1' ? { id, status: 'rejected', problem: '/problems/future' } : { id, status: 'duplicate' })),
  }))
  const queue = await open()
  for (const n of [0, 1, 2]) await queue.add(checkIn(n))
  await queue.sync()
  expect(queue.waiting.value).toBe(0)
  expect((await open()).rejected.value).toMatchObject([{ id: 'id-1', problem: '/problems/future' }])
  await queue.dismiss('id-1')
  expect((await open()).rejected.value).toEqual([])
})

test('one row that spoils a batch does not hold up the others', async () => {
  const { open } = await queueWith((checkIns, venueId) => {
    if (checkIns.some(({ id }) => id === 'id-1')) throw problem(422)
    return recorded(checkIns, venueId)
  })
  const queue = await open()
  for (const n of [0, 1, 2]) await queue.add(checkIn(n))
  await queue.sync()
  expect(queue.waiting.value).toBe(0)
  expect(queue.rejected.value.map(({ id }) => id)).toEqual(['id-1'])
})

test('a session that ended keeps everything in the queue', async () => {
  const { open } = await queueWith(() => {
    throw problem(401)
  })
  const queue = await open()
  await queue.add(checkIn(0))
  await queue.sync()
  expect(queue.waiting.value).toBe(1)
  expect(queue.rejected.value).toEqual([])
})

test('a database that the browser closed loses no check-in', async () => {
  const opened = vi.spyOn(indexedDB, 'open')
  const { open } = await queueWith(recorded)
  const queue = await open()
  const request = opened.mock.results[0]?.value as IDBOpenDBRequest
  opened.mockRestore()
  request.result.close()
  await queue.add(checkIn(0))
  expect((await open()).waiting.value).toBe(1)
})

test('pauses double up to a minute, spread over the whole interval', () => {
  expect(pauseMs(1, () => 0.999)).toBeLessThan(2_000)
  expect(pauseMs(3, () => 0.5)).toBe(4_000)
  expect(pauseMs(30, () => 1)).toBe(60_000)
  expect(pauseMs(30, () => 0)).toBe(0)
})
