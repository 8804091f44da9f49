/// Whose code a device holds: answers that arrive after a log-out or log-in bring nobody's data back.
import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Code, Relative, Session } from '../src/api/types'

const NOBODY = { session: undefined, holding: undefined, relatives: undefined }
const tokenOf = (name: string): Session => ({ token: name, expiresAt: '2022-01-06T00:00:00Z' }) as Session
const codeOf = (name: string) => ({ name, credential: name, expiresAt: '2022-01-06T00:00:00Z' }) as Code
const answered = (name: string) => ({ session: tokenOf(name), code: codeOf(name), notes: [] })

/** Requests that wait for their answer, by path. */
let waiting: { path: string; answer: (body: unknown) => void }[] = []
const asked = (path: string) => vi.waitFor(() => expect(waiting.map((request) => request.path)).toContain(path))
const answerTo = async (path: string, body: unknown) => {
  await asked(path)
  const [request] = waiting.splice(waiting.findIndex((each) => each.path === path), 1)
  request?.answer(body)
}

/** The modules of a page that has just been opened. */
async function openPage() {
  vi.resetModules()
  const talk = await import('../src/citizen/server_talk')
  const state = await import('../src/citizen/state')
  const memory = await import('../src/citizen/memory')
  const list = await import('../src/citizen/relatives_list')
  await state.open()
  const kept = async () => ({
    session: (await memory.recall('session'))?.token,
    holding: (await memory.recall('holding'))?.code.name,
    relatives: await memory.recall('relatives'),
  })
  return { ...talk, ...state, ...list, kept }
}

beforeEach(() => {
  waiting = []
  vi.stubGlobal('navigator', { onLine: true })
  vi.stubGlobal('fetch', (path: string) =>
    new Promise<Response>((resolve) => {
      const answer = (body: unknown) =>
        resolve(body === null ? new Response(null, { status: 204 }) : Response.json(body, { headers: { etag: '"1"' } }))
      waiting.push({ path, answer })
    }),
  )
  return new Promise<void>((resolve) => {
    indexedDB.deleteDatabase('yimatong-citizen').onsuccess = () => resolve()
  })
})

/** Somebody logged in on a page, the first refresh answered. */
async function signedInPage(name: string) {
  const page = await openPage()
  await page.signedIn(answered(name) as never)
  await answerTo('/v1/code', codeOf(name))
  await vi.waitFor(async () => expect((await page.kept()).holding).toBe(name))
  return page
}

test('a refresh that is answered after the log-out brings nothing back', async () => {
  const page = await signedInPage('A')
  const refreshed = page.refreshCode()
  await asked('/v1/code')
  const left = page.logOut()
  await answerTo('/v1/session', null)
  expect(await left).toBe(true)
  await answerTo('/v1/code', codeOf('A'))
  await refreshed
  expect(page.holding.value).toBeNull()
  expect(await page.kept()).toEqual(NOBODY)
})

test('a refresh of the earlier holder does not replace the code of the next one', async () => {
  const page = await signedInPage('A')
  const refreshed = page.refreshCode()
  await page.signedIn(answered('B') as never)
  await answerTo('/v1/code', codeOf('A'))
  await refreshed
  expect(page.holding.value?.code.name).toBe('B')
  expect((await page.kept()).holding).toBe('B')
})

test('a tab learns that another one logged out, and writes nothing back', async () => {
  const first = await signedInPage('A')
  const second = await openPage()
  expect(second.holding.value?.code.name).toBe('A')
  const left = second.logOut()
  await answerTo('/v1/session', null)
  await left
  const refreshed = first.refreshCode()
  await answerTo('/v1/code', codeOf('A'))
  await refreshed
  expect(first.holding.value).toBeNull()
  expect(await first.kept()).toEqual(NOBODY)
})

test('the next holder never sees the relatives of the one before', async () => {
  const page = await signedInPage('A')
  const relative = { personId: '1', relation: 'child', code: codeOf('C') } as unknown as Relative
  const loaded = page.loadRelatives()
  await answerTo('/v1/relatives', { items: [relative] })
  await loaded
  expect(page.relatives.value).toHaveLength(1)
  const again = page.loadRelatives()
  await asked('/v1/relatives')
  const left = page.logOut()
  await answerTo('/v1/session', null)
  await left
  await answerTo('/v1/relatives', { items: [relative] })
  await again
  expect(page.relatives.value).toBeNull()
  expect((await page.kept()).relatives).toBeUndefined()
})

test('the notice and the switches are asked for when somebody presses, and else after ten minutes at the earliest', async () => {
  const page = await openPage()
  const learn = async (notice: unknown, freshMs?: number) => {
    const learned = page.learnServer(freshMs)
    await answerTo('/v1/server', { notice })
    await learned
  }
  await learn(null)
  await page.learnServer()
  await page.learnServer(3_000)
  expect(waiting).toHaveLength(0)
  vi.useFakeTimers({ now: Date.now() + 3_000, toFake: ['Date'] })
  await page.learnServer()
  expect(waiting).toHaveLength(0)
  await learn('late results', 3_000)
  expect(page.server.value?.notice).toBe('late results')
  vi.setSystemTime(Date.now() + 10 * 60_000)
  await learn(null)
  vi.useRealTimers()
})
