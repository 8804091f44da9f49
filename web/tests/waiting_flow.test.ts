/// Pass and ticket: what a resident's requests carry, what answers change, and how tabs share one place.
import { beforeEach, expect, test, vi } from 'vitest'
import { BrowserMemory } from './harness/browser_memory'

const NOW_MS = 1_700_000_000_000
let nowMs = NOW_MS

interface Scripted {
  status?: number
  body?: unknown
  pass?: string
  /** The connection breaks in the middle of the body. */
  broken?: boolean
}
const wait = (ticket: string, seq: number | null, more: object = {}): Scripted => ({
  status: 429,
  body: { type: '/problems/wait-in-room', title: 'wait', status: 429, ticket, seq, expired: false, serving: 1, ...more },
})

/** A tab: its own modules over the shared memory. `requests` are the headers it sent. */
async function openTab(answers: Scripted[]) {
  vi.resetModules()
  const { createClient } = await import('../src/api/client')
  const { residentFlow } = await import('../src/api/flow')
  const { ticket } = await import('../src/api/ticket')
  const requests: Record<string, string>[] = []
  const fetcher = async (_path: unknown, init?: RequestInit) => {
    requests.push(init?.headers as Record<string, string>)
    const { status = 201, body = {}, pass, broken } = answers.shift() ?? {}
    const torn = new ReadableStream({ pull: (stream) => stream.error(new Error('broken')) })
    return new Response(broken ? torn : JSON.stringify(body), { status, headers: pass ? { 'Yimatong-Pass': pass } : {} })
  }
  const client = createClient({ fetch: fetcher as typeof fetch, flow: residentFlow(() => nowMs), sleep: async () => {} })
  const post = (path = '/v1/people') => client.post(path, {}).catch(() => {})
  return { client, post, requests, ticket }
}

beforeEach(() => {
  nowMs = NOW_MS
  const memory = new BrowserMemory()
  vi.stubGlobal('localStorage', memory.storage)
  vi.stubGlobal('addEventListener', memory.listen)
})

test('the device keeps its name when the page is opened again', async () => {
  const first = await openTab([])
  await first.post()
  const second = await openTab([])
  await second.post()
  expect(second.requests[0]?.['Yimatong-Device']).toBe(first.requests[0]?.['Yimatong-Device'])
})

test('the latest pass is sent with every later step, and given back with the finished flow', async () => {
  const { post, requests } = await openTab([{ pass: 'p1' }, { status: 422, pass: 'p2' }, {}, {}])
  for (let step = 0; step < 4; step += 1) await post()
  expect(requests.map((headers) => headers['Yimatong-Pass'])).toEqual([undefined, 'p1', 'p2', undefined])
})

test('a pass older than fifteen minutes is not sent, and one that did not help is forgotten', async () => {
  const { post, requests } = await openTab([{ pass: 'p1' }, { pass: 'p2' }, wait('t1', 9), {}])
  await post()
  nowMs += 15 * 60_000 + 1
  await post()
  await post()
  await post()
  expect(requests.map((headers) => headers['Yimatong-Pass'])).toEqual([undefined, undefined, 'p2', undefined])
})

test('reads carry neither pass nor ticket', async () => {
  const { client, post, requests } = await openTab([{ pass: 'p1' }, wait('t1', 9)])
  await post()
  await post()
  await client.get('/v1/results')
  expect([requests[2]?.['Yimatong-Pass'], requests[2]?.['Yimatong-Ticket']]).toEqual([undefined, undefined])
})

test('a ticket survives closing the page, and is forgotten once it has let somebody in', async () => {
  const first = await openTab([wait('t1', 9)])
  await first.post()
  const again = await openTab([wait('t1', 9), { pass: 'p1' }, {}])
  for (let step = 0; step < 3; step += 1) await again.post()
  expect(again.requests.map((headers) => headers['Yimatong-Ticket'])).toEqual(['t1', 't1', undefined])
  expect(again.ticket.value).toBeNull()
})

test('a ticket without a place is shown again, and is never taken for a place', async () => {
  const { post, requests, ticket } = await openTab([wait('t0', null), wait('t1', 9)])
  await post()
  expect(ticket.value).toBeNull()
  await post()
  expect(requests.map((headers) => headers['Yimatong-Ticket'])).toEqual([undefined, 't0'])
  expect(ticket.value).toEqual({ text: 't1', seq: 9, renewed: false })
})

test('a place that the server does not know is given up for a new one', async () => {
  const { post, requests, ticket } = await openTab([wait('t1', 9), wait('t0', null), wait('t2', 50)])
  for (let step = 0; step < 3; step += 1) await post()
  expect(requests.map((headers) => headers['Yimatong-Ticket'])).toEqual([undefined, 't1', 't0'])
  expect(ticket.value?.text).toBe('t2')
})

test('a refusal for another reason, also a broken connection, leaves the ticket where it is', async () => {
  const busy = { status: 429, body: { type: '/problems/busy', title: 'busy', status: 429 } }
  const { post, ticket } = await openTab([wait('t1', 9), busy, busy, busy])
  await post()
  await post()
  expect(ticket.value?.text).toBe('t1')
})

test('a second tab shows the same ticket, and hears of a new one', async () => {
  const first = await openTab([wait('t1', 9), wait('t2', 50, { expired: true })])
  const second = await openTab([wait('t1', 9)])
  await first.post()
  expect(second.ticket.value?.seq).toBe(9)
  await second.post()
  expect(second.requests[0]?.['Yimatong-Ticket']).toBe('t1')
  await first.post()
  expect(second.ticket.value).toEqual({ text: 't2', seq: 50, renewed: true })
})

test('of two tickets taken at once the better place stays, in either order', async () => {
  for (const [early, late] of [[7, 9], [9, 7]] as const) {
    const memory = new BrowserMemory()
    vi.stubGlobal('localStorage', memory.storage)
    vi.stubGlobal('addEventListener', memory.listen)
    const tab = await openTab([wait(`t${early}`, early), wait(`t${late}`, late)])
    await Promise.all([tab.post(), tab.post()])
    expect(tab.ticket.value).toEqual({ text: 't7', seq: 7, renewed: false })
  }
})

test('a new place that is worse than the one shown is told, also without the word expired', async () => {
  const { post, ticket } = await openTab([wait('t1', 9), wait('t2', 30)])
  await post()
  await post()
  expect(ticket.value).toEqual({ text: 't2', seq: 30, renewed: true })
})

test('an answer that breaks off leaves ticket and pass where they are, and the operation comes again with both', async () => {
  const { post, requests, ticket } = await openTab([{ pass: 'p1' }, wait('t1', 9), { broken: true }, {}])
  await post()
  nowMs += 1
  await post()
  await post()
  expect(requests.map((headers) => headers['Yimatong-Ticket'])).toEqual([undefined, undefined, 't1', 't1'])
  expect(requests[3]?.['Idempotency-Key']).toBe(requests[2]?.['Idempotency-Key'])
  expect(ticket.value).toBeNull()
})

test('a pass is not given back by an answer that breaks off', async () => {
  const { post, requests } = await openTab([{ pass: 'p1' }, { broken: true }, { broken: true }, { broken: true }, {}])
  for (let step = 0; step < 3; step += 1) await post()
  expect(requests.map((headers) => headers['Yimatong-Pass'])).toEqual([undefined, 'p1', 'p1', 'p1', 'p1'])
})
