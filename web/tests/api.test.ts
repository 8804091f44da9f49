/// The client's manners: retries, budget, debounce, problems.
import { expect, test, vi } from 'vitest'
import { createClient } from '../src/api/client'
import { debounced } from '../src/api/debounce'
import { Problem, Unreachable } from '../src/api/problem'
import { backoffMs, RetryBudget } from '../src/api/retry'

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers })

/** A client over scripted answers; `sleeps` collects its pauses. */
function scripted(answers: (() => Response)[]) {
  const sleeps: number[] = []
  const requests: RequestInit[] = []
  const fetch = vi.fn(async (_path: unknown, init?: RequestInit) => {
    requests.push(init ?? {})
    const next = answers.shift()
    if (!next) throw new Error('no answer left')
    return next()
  })
  const client = createClient({
    fetch: fetch as unknown as typeof globalThis.fetch,
    sleep: async (ms) => void sleeps.push(ms),
    random: () => 0.5,
    token: () => 'secret',
  })
  return { client, sleeps, requests, fetch }
}

test('a refusal that may pass is tried again after the wait the server asked for', async () => {
  const busy = () => answer(429, { type: '/problems/busy', title: 'busy', status: 429 }, { 'retry-after': '2' })
  const { client, sleeps, requests } = scripted([busy, () => answer(200, { ok: true })])
  expect(await client.get('/v1/code')).toEqual({ ok: true })
  expect(sleeps).toEqual([2400])
  expect((requests[0]?.headers as Record<string, string>).Authorization).toBe('Bearer secret')
})

test('a retried write keeps its idempotency key', async () => {
  const { client, requests } = scripted([() => answer(503, {}), () => answer(201, { id: 1 })])
  await client.post('/v1/relatives', { name: '张三' })
  const keys = requests.map((request) => (request.headers as Record<string, string>)['Idempotency-Key'])
  expect(keys[0]).toBeTruthy()
  expect(keys[0]).toBe(keys[1])
})

test('every try says which device asks and which try it is', async () => {
  const { client, requests } = scripted([() => answer(503, {}), () => answer(200, {}), () => answer(200, {})])
  await client.get('/v1/code')
  await client.get('/v1/code')
  const headers = requests.map((request) => request.headers as Record<string, string>)
  expect(headers.map((each) => each['Yimatong-Attempt'])).toEqual(['1', '2', '1'])
  expect(headers[0]?.['Yimatong-Device']).toMatch(/^[0-9a-f]{32}$/)
  expect(new Set(headers.map((each) => each['Yimatong-Device'])).size).toBe(1)
})

test('who is told to wait in the room, or that a function is off, is not tried again by the page', async () => {
  for (const [status, type] of [[429, 'wait-in-room'], [503, 'switched-off']] as const) {
    const refusal = () => answer(status, { type: `/problems/${type}`, title: type, status }, { 'retry-after': '2' })
    const { client, fetch } = scripted([refusal])
    await expect(client.post('/v1/people', {})).rejects.toBeInstanceOf(Problem)
    expect(fetch, type).toHaveBeenCalledTimes(1)
  }
})

test('what is asked again soon anyway is tried once', async () => {
  const { client, fetch } = scripted([() => answer(503, {})])
  await expect(client.get('/v1/server', { tries: 1 })).rejects.toBeInstanceOf(Problem)
  expect(fetch).toHaveBeenCalledTimes(1)
})

test('an answer that is not the newest says the time of its data', async () => {
  const { client } = scripted([
    () => answer(200, {}, { 'yimatong-as-of': '2022-01-05T08:00:00Z' }),
    () => answer(200, {}),
  ])
  expect((await client.send('GET', '/v1/code')).asOfMs).toBe(Date.parse('2022-01-05T08:00:00Z'))
  expect((await client.send('GET', '/v1/code')).asOfMs).toBeNull()
})

test('a refusal for good is not tried again and keeps its field', async () => {
  const document = { type: '/problems/check-digit', title: 'wrong digit', status: 422, field: 'document.number' }
  const { client, fetch } = scripted([() => answer(422, document)])
  const error = await client.post('/v1/people', {}).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(Problem)
  expect((error as Problem).code).toBe('check-digit')
  expect((error as Problem).document.field).toBe('document.number')
  expect(fetch).toHaveBeenCalledTimes(1)
})

test('a dead server is tried three times at most and at most ten per cent of the time', async () => {
  const { client, fetch } = scripted([])
  for (let request = 0; request < 100; request += 1) {
    await expect(client.get('/v1/code')).rejects.toBeInstanceOf(Unreachable)
    if (request === 0) expect(fetch).toHaveBeenCalledTimes(3)
  }
  const retries = fetch.mock.calls.length - 100
  expect(retries).toBeLessThanOrEqual(100 * 0.1 + 2)
  expect(retries).toBeGreaterThanOrEqual(100 * 0.1 - 1)
})

test('a body that is not JSON is no answer', async () => {
  const { client } = scripted([1, 2, 3].map(() => () => new Response('<html>')))
  await expect(client.get('/v1/code')).rejects.toBeInstanceOf(Unreachable)
})

test('a body that stops half-way is given up', async () => {
  const stalled = (_path: unknown, init?: RequestInit) => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"items":'))
        init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted')))
      },
    })
    return Promise.resolve(new Response(body))
  }
  const client = createClient({ fetch: stalled as unknown as typeof globalThis.fetch, sleep: async () => {} })
  await expect(client.get('/v1/code', { timeoutMs: 5 })).rejects.toBeInstanceOf(Unreachable)
})

test('a refusal with JSON that is no problem document is one of an unknown kind', async () => {
  for (const body of [{ error: 'bad gateway' }, null, []]) {
    const { client } = scripted([() => answer(403, body)])
    const error = (await client.get('/v1/code').catch((caught: unknown) => caught)) as Problem
    expect([error.code, error.status, error.text]).toEqual(['unknown', 403, 'HTTP 403'])
  }
})

test('the pause is anywhere between nothing and the ceiling', () => {
  expect(backoffMs(1, null, () => 0)).toBe(0)
  expect(backoffMs(1, null, () => 0.999)).toBeLessThan(800)
  expect(backoffMs(30, null, () => 1)).toBe(8000)
})

test('the budget pays for one retry in ten requests once the reserve is spent', () => {
  const budget = new RetryBudget()
  expect([budget.spend(), budget.spend(), budget.spend()]).toEqual([true, true, false])
  for (let i = 0; i < 10; i += 1) budget.earn()
  expect([budget.spend(), budget.spend()]).toEqual([true, false])
})

test('impatient refreshes share one request', async () => {
  let at = 0
  const refresh = vi.fn(async () => at)
  const press = debounced(refresh, () => at)
  await press()
  at = 2999
  await press()
  expect(refresh).toHaveBeenCalledTimes(1)
  at = 3000
  await press()
  expect(refresh).toHaveBeenCalledTimes(2)
})
