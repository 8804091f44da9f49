/// What stays on the device beyond the code: shown at once, left alone by refusals, gone with its holder.
import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Code, Session } from '../src/api/types'

const tokenOf = (name: string): Session => ({ token: name, expiresAt: '2100-01-01T00:00:00Z' }) as Session
const codeOf = (name: string) => ({ name, credential: name, expiresAt: '2100-01-01T00:00:00Z', clockReference: 'sampled' }) as Code
const result = (id: string) => ({ id, sampled: new Date().toISOString(), reported: new Date().toISOString() })

/** Answers by path; a promise is an answer still on its way. */
let answers: Record<string, Response | Promise<Response>> = {}
let asked: { path: string; headers: Record<string, string> }[] = []

async function openPage() {
  vi.resetModules()
  const [talk, state, memory, round, list, proofs] = await Promise.all([
    import('../src/citizen/server_talk'),
    import('../src/citizen/state'),
    import('../src/citizen/memory'),
    import('../src/citizen/schedule/known'),
    import('../src/citizen/results/known'),
    import('../src/citizen/results/proofs'),
  ])
  await state.open()
  return { ...talk, ...state, ...memory, ...round, ...list, ...proofs }
}

beforeEach(() => {
  answers = { '/v1/session': new Response(null, { status: 204 }) }
  asked = []
  vi.stubGlobal('navigator', { onLine: true })
  vi.stubGlobal('fetch', async (path: string, { headers }: { headers: Record<string, string> }) => {
    asked.push({ path, headers })
    const answer = await (answers[path] ?? Response.json(codeOf('x'), { headers: { etag: '"1"' } }))
    return answer.clone()
  })
  return new Promise<void>((resolve) => {
    indexedDB.deleteDatabase('yimatong-citizen').onsuccess = () => resolve()
  })
})

async function signedInPage(name: string) {
  const page = await openPage()
  await page.signedIn({ session: tokenOf(name), code: codeOf(name), notes: [] } as never)
  return page
}

/** A promise of an answer, and the function that gives it. */
function later(body: unknown) {
  let give = () => {}
  const answer = new Promise<Response>((done) => {
    give = () => done(Response.json(body))
  })
  return { answer, give }
}

const refused = (status: number, code: string) =>
  new Response(JSON.stringify({ type: `/problems/${code}`, title: code, status }), { status })

test('a schedule is shown from the device by the next visit, asked for with its ETag, and kept by a 304', async () => {
  const first = await signedInPage('甲')
  answers['/v1/schedule'] = Response.json({ asOf: 'x', items: [{ number: 1 }] }, { headers: { etag: '"s1"' } })
  await first.askSchedule()
  const again = await openPage()
  await again.schedule.recall()
  expect(again.schedule.known.value?.value.items.length).toBe(1)
  answers['/v1/schedule'] = new Response(null, { status: 304, headers: { etag: '"s1"' } })
  const before = again.schedule.known.value?.learnedAtMs ?? 0
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(before))
  await again.askSchedule()
  expect(asked.at(-1)?.headers['If-None-Match']).toBe('"s1"')
  expect(again.schedule.known.value?.value.items.length).toBe(1)
  expect(again.schedule.known.value?.learnedAtMs).toBeGreaterThan(before)
})

test.each([
  [429, 'busy'],
  [503, 'busy'],
  [503, 'switched-off'],
])('refused with %i %s the schedule stays as it was, after one try', async (status, code) => {
  const page = await signedInPage('甲')
  answers['/v1/schedule'] = Response.json({ asOf: 'x', items: [{ number: 1 }] })
  await page.askSchedule()
  const known = page.schedule.known.value
  answers['/v1/schedule'] = refused(status, code)
  asked = []
  await page.askSchedule()
  expect(page.schedule.known.value).toBe(known)
  expect(page.schedule.failure.value).toMatchObject({ document: { status } })
  expect(asked.filter(({ path }) => path === '/v1/schedule').length).toBe(1)
})

test('results come without the samples when those are refused, and keep the samples known before', async () => {
  const page = await signedInPage('甲')
  answers['/v1/results'] = Response.json({ items: [result('r1')] })
  answers['/v1/samples'] = refused(503, 'busy')
  await page.results.ask()
  expect(page.results.known.value?.value).toMatchObject({ items: [{ id: 'r1' }], samples: null })
  answers['/v1/samples'] = Response.json({ items: [{ id: 's1' }] })
  await page.results.ask()
  answers['/v1/samples'] = refused(404, 'not-found')
  await page.results.ask()
  expect(page.results.known.value?.value.samples).toMatchObject([{ id: 's1' }])
})

test('what is on its way while somebody logs out is dropped, and nothing of theirs is left', async () => {
  const page = await signedInPage('甲')
  const [schedule, proof] = [later({ asOf: 'x', items: [{ number: 1 }] }), later({ result: result('r1') })]
  answers['/v1/schedule'] = schedule.answer
  answers['/v1/results/r1/proof'] = proof.answer
  answers['/v1/results/r2/proof'] = Response.json({ result: result('r2') })
  expect(await page.loadProof('r2')).not.toBeNull()
  expect(await page.recall('proofs')).toMatchObject([{ proof: { result: { id: 'r2' } } }])
  const asking = [page.askSchedule(), page.loadProof('r1')]
  await page.logOut()
  schedule.give()
  proof.give()
  const [, late] = await Promise.all(asking)
  expect(late).toBeNull()
  expect(page.schedule.known.value).toBeNull()
  for (const name of page.PERSONAL) expect(await page.recall(name), name).toBeUndefined()
})

test('somebody who logged in in another tab is not given the answer to the one before', async () => {
  const page = await signedInPage('甲')
  const schedule = later({ asOf: 'x', items: [{ number: 1 }] })
  answers['/v1/schedule'] = schedule.answer
  const asking = page.askSchedule()
  await page.remember('session', tokenOf('乙'))
  schedule.give()
  await asking
  expect(await page.recall('schedule')).toBeUndefined()
})

test('a proof that is withdrawn is forgotten, one that cannot be asked for stays', async () => {
  const page = await signedInPage('甲')
  answers['/v1/results/r1/proof'] = Response.json({ result: result('r1') })
  await page.loadProof('r1')
  answers['/v1/results/r1/proof'] = refused(500, 'internal')
  await expect(page.loadProof('r1')).rejects.toThrow()
  expect(await page.keptProof('r1')).not.toBeNull()
  answers['/v1/results/r1/proof'] = refused(409, 'no-certificate')
  await expect(page.loadProof('r1')).rejects.toThrow()
  expect(await page.keptProof('r1')).toBeNull()
})
