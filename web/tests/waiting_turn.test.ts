/// Requests that wait in line: leaving while one is on its way, several with one ticket, and other tabs.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BrowserMemory } from './harness/browser_memory'

interface Answer {
  status?: number
  body?: unknown
  pass?: string
}
interface Asked {
  path: string
  headers: Record<string, string>
  answer: (answer: Answer) => void
}

const FIGURES = { serving: 100, issued: 200, ratePerS: 1, pollS: 2, longestPollS: 50, paused: false, asOf: '2021-12-20T00:00:00Z', claimS: 300 }
const place = (ticket: string, seq: number | null, more: object = {}): Answer => ({
  status: 429,
  body: { type: '/problems/wait-in-room', title: 'wait', status: 429, ticket, seq, expired: false, ...FIGURES, ...more },
})
const BUSY: Answer = { status: 429, body: { type: '/problems/busy', title: 'busy', status: 429 } }

/** Writes on their way, and what the room says when it is asked. */
let asked: Asked[] = []
let serving = FIGURES.serving
let memory: BrowserMemory

/** What other tabs of this browser see: the same memory, other modules. */
async function openTab() {
  vi.resetModules()
  const { createClient } = await import('../src/api/client')
  const { residentFlow } = await import('../src/api/flow')
  const { ticket } = await import('../src/api/ticket')
  const { keepPass } = await import('../src/api/pass')
  const { inTurn, Left, leaveLine } = await import('../src/citizen/waiting/turn')
  const { queue } = await import('../src/citizen/state')
  const { route } = await import('../src/citizen/route')
  const client = createClient({ flow: residentFlow(Date.now), sleep: async () => {} })
  const write = (path = '/v1/people') => {
    const outcome = inTurn(() => client.post<{ done: string }>(path, {})).then(
      ({ done }) => done,
      (error: unknown) => (error instanceof Left ? 'left' : (error as { code?: string }).code),
    )
    return outcome
  }
  return { write, ticket, queue, leaveLine, keepPass, go: (screen: 'register' | 'code') => (route.value = { screen, item: null }) }
}

/** The next write that has not been answered. */
async function next(): Promise<Asked> {
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0))
  return asked.shift() as Asked
}
/** Lets everything happen that is due within some seconds. */
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000)
const ticketOf = ({ headers }: Asked) => headers['Yimatong-Ticket']

beforeEach(() => {
  asked = []
  serving = FIGURES.serving
  memory = new BrowserMemory()
  vi.useFakeTimers({ now: Date.parse(FIGURES.asOf) })
  vi.stubGlobal('localStorage', memory.storage)
  vi.stubGlobal('addEventListener', memory.listen)
  vi.stubGlobal('location', { hash: '#register' })
  vi.stubGlobal('navigator', { onLine: true })
  vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => {} })
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) => {
    if (path.endsWith('now.json')) return Promise.resolve(Response.json({ ...FIGURES, serving, notice: null }))
    return new Promise<Response>((resolve) => {
      const answer = ({ status = 201, body = { done: 'done' }, pass: held }: Answer) =>
        resolve(Response.json(body, { status, headers: held ? { 'Yimatong-Pass': held } : {} }))
      asked.push({ path, headers: init?.headers as Record<string, string>, answer })
    })
  })
})
afterEach(() => vi.useRealTimers())

/** A write that stands in line with a place; its end comes later. */
async function line(tab: Awaited<ReturnType<typeof openTab>>, text = 't1', seq = 110) {
  const outcome = tab.write()
  ;(await next()).answer(place(text, seq))
  await vi.waitFor(() => expect(tab.queue.value).toBe('pending'))
  return { outcome }
}

test('a place is taken by showing the ticket again, and the request goes on by itself when called', async () => {
  const tab = await openTab()
  const outcome = tab.write()
  ;(await next()).answer(place('t0', null))
  await pass(1)
  const shown = await next()
  expect(ticketOf(shown)).toBe('t0')
  shown.answer(place('t1', 110))
  await pass(0)
  expect(tab.ticket.value?.seq).toBe(110)
  serving = 111
  await pass(30)
  const called = await next()
  expect(ticketOf(called)).toBe('t1')
  called.answer({})
  expect(await outcome).toBe('done')
  expect([tab.ticket.value, tab.queue.value]).toEqual([null, ''])
})

test('a server that never gives a place is told as busy, not waited for in silence', async () => {
  const tab = await openTab()
  const outcome = tab.write()
  for (let shown = 0; shown < 6; shown += 1) {
    ;(await next()).answer(place('t0', null))
    await pass(2)
  }
  expect(await outcome).toBe('wait-in-room')
})

test('who leaves the line while the request is on its way is not put back into it', async () => {
  const tab = await openTab()
  const { outcome } = await line(tab)
  serving = 111
  await pass(30)
  const under = await next()
  tab.leaveLine()
  expect([tab.ticket.value, tab.queue.value]).toEqual([null, ''])
  // The node that answered had not called it yet.
  under.answer(place('t1', 110))
  expect(await outcome).toBe('left')
  await pass(30)
  expect([tab.ticket.value, tab.queue.value, asked.length]).toEqual([null, '', 0])
})

test('what was done for somebody who has just left is kept, and a refusal is not told', async () => {
  for (const [answer, end] of [[{}, 'done'], [BUSY, 'left']] as const) {
    const tab = await openTab()
    const { outcome } = await line(tab)
    serving = 111
    await pass(30)
    const under = await next()
    tab.leaveLine()
    under.answer(answer)
    if (end === 'left') {
      // The client's own tries come to an end first.
      for (let tries = 0; tries < 2; tries += 1) (await next()).answer(answer)
    }
    expect(await outcome).toBe(end)
    serving = FIGURES.serving
  }
})

test('a form that is left between two tries does not go on, and the place stays', async () => {
  const tab = await openTab()
  const outcome = tab.write()
  ;(await next()).answer(place('t0', null))
  await pass(0.1)
  tab.go('code')
  await pass(2)
  expect(await outcome).toBe('left')
  tab.go('register')
  const { outcome: waited } = await line(tab)
  tab.go('code')
  expect(await waited).toBe('left')
  expect([tab.ticket.value?.text, tab.queue.value, asked.length]).toEqual(['t1', 'kept', 0])
})

test('two requests with one ticket both go on, the second with the pass of the first', async () => {
  const tab = await openTab()
  const { outcome: first } = await line(tab)
  const second = tab.write('/v1/paper-codes')
  ;(await next()).answer(place('t1', 110))
  await pass(0)
  serving = 111
  await pass(30)
  const [one, two] = [await next(), await next()]
  expect([ticketOf(one), ticketOf(two)]).toEqual(['t1', 't1'])
  one.answer({ pass: 'p1' })
  expect(await first).toBe('done')
  expect(tab.queue.value).toBe('pending')
  // The gate was full for the other one, whose ticket is used by now.
  two.answer(BUSY)
  for (let tries = 0; tries < 2; tries += 1) (await next()).answer(BUSY)
  await pass(3)
  const again = await next()
  expect(again.headers['Yimatong-Pass']).toBe('p1')
  again.answer({})
  expect(await second).toBe('done')
  expect(tab.ticket.value).toBeNull()
})

test('a late refusal of the second request does not bring a used ticket back into the line', async () => {
  const tab = await openTab()
  const { outcome: first } = await line(tab)
  const second = tab.write('/v1/paper-codes')
  ;(await next()).answer(place('t1', 110))
  await pass(0)
  serving = 111
  await pass(30)
  const [one, two] = [await next(), await next()]
  one.answer({ pass: 'p1' })
  expect(await first).toBe('done')
  two.answer(place('t1', 110))
  await pass(3)
  const again = await next()
  expect(again.headers['Yimatong-Pass']).toBe('p1')
  again.answer({})
  expect(await second).toBe('done')
  expect([tab.ticket.value, tab.queue.value]).toEqual([null, ''])
})

test('a ticket used in another tab takes this one along by its pass', async () => {
  const [tab, other] = [await openTab(), await openTab()]
  const { outcome } = await line(tab)
  const used = other.write('/v1/one-time-passwords')
  const theirs = await next()
  expect(ticketOf(theirs)).toBe('t1')
  theirs.answer({ pass: 'p1' })
  expect(await used).toBe('done')
  const ours = await next()
  expect([ticketOf(ours), ours.headers['Yimatong-Pass']]).toEqual([undefined, 'p1'])
  ours.answer({})
  expect(await outcome).toBe('done')
})

test('a ticket that another tab used up without a pass is asked for anew, not dropped in silence', async () => {
  const [tab, other] = [await openTab(), await openTab()]
  const { outcome } = await line(tab)
  const used = other.write('/v1/devices')
  ;(await next()).answer({})
  expect(await used).toBe('done')
  const ours = await next()
  expect(ticketOf(ours)).toBeUndefined()
  ours.answer(place('t2', 190))
  await pass(0)
  expect([tab.ticket.value?.seq, tab.queue.value]).toEqual([190, 'pending'])
  serving = 191
  await pass(120)
  ;(await next()).answer({})
  expect(await outcome).toBe('done')
})

test('a place given back in another tab ends the wait here, also of a request on its way', async () => {
  const [tab, other] = [await openTab(), await openTab()]
  const { outcome: waits } = await line(tab)
  other.leaveLine()
  expect(await waits).toBe('left')
  expect([tab.queue.value, asked.length]).toEqual(['', 0])
  const { outcome } = await line(tab, 't2', 120)
  serving = 121
  await pass(60)
  const under = await next()
  other.leaveLine()
  under.answer(place('t2', 120))
  expect(await outcome).toBe('left')
  expect([tab.ticket.value, other.ticket.value, tab.queue.value]).toEqual([null, null, ''])
})
