/// What a round means to a person at a time: lines, their order and words, queues, and when the page asks for it.
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ScheduleItem, SchedulePoint } from '../src/api/resident'
import type { Code } from '../src/api/types'
import { lang } from '../src/i18n/lang'
import { isNews, sampledRounds } from '../src/citizen/schedule/news'
import { byRound, lineOf, linesOf, queueMinutes, turnOf } from '../src/citizen/schedule/round'

const at = (text: string) => Date.parse(`2022-01-${text}:00+08:00`)
const window = (from: string, to: string) => ({ from: new Date(at(from)).toISOString(), to: new Date(at(to)).toISOString() })
const TODAY = window('05T10:00', '05T20:00')
const TOMORROW = window('06T09:00', '06T20:00')

function item(more: Partial<ScheduleItem> = {}): ScheduleItem {
  return {
    ...{ number: 1, id: 'r', nameZh: '一轮', nameEn: 'Round', state: 'running', person: { personId: '1', name: '张*三' } },
    ...{ windows: [TODAY], standing: 'open', atWork: false, declarable: true, noticeZh: '', noticeEn: '', points: [], ...more },
  }
}
const relative = (more: Partial<ScheduleItem> = {}) => item({ person: { personId: '2', name: '李*', relation: 'child' }, ...more })

beforeEach(() => {
  lang.value = 'zh'
})

describe('turn', () => {
  test.each([
    ['05T09:59', 'from', TODAY],
    ['05T10:00', 'open', TODAY],
    ['05T19:59', 'open', TODAY],
    ['05T20:00', 'from', TOMORROW],
    ['06T09:00', 'open', TOMORROW],
    ['06T20:00', 'over', TOMORROW],
  ])('at %s it is %s', (time, kind, expected) => {
    expect(turnOf([TOMORROW, TODAY], at(time))).toEqual({ kind, window: expected })
  })

  test('without a window there is none', () => {
    expect(turnOf([], at('05T10:00'))).toEqual({ kind: 'none' })
  })
})

describe('line', () => {
  const kind = (one: ScheduleItem, time: string) => lineOf(one, at(time))?.kind ?? null
  test.each([
    ['before the window', item(), '05T08:00', 'from'],
    ['in it', item(), '05T12:00', 'open'],
    ['in it with a reminder', item({ reminderZh: '快结束了' }), '05T18:00', 'remind'],
    ['a reminder kept after the end', item({ reminderZh: '快结束了' }), '05T21:00', 'over'],
    ['after it', item(), '05T21:00', 'over'],
    ['sampled', item({ standing: 'sampled' }), '05T21:00', 'sampled'],
    ['waiting', item({ standing: 'waiting' }), '05T12:00', 'waiting'],
    ['tested in the zone', item({ standing: 'zone-tested' }), '05T12:00', 'exempt'],
    ['vaccinated', item({ standing: 'vaccinated' }), '05T12:00', 'exempt'],
    ['outside the city', item({ standing: 'outside-city' }), '05T12:00', 'exempt'],
    ['tested', item({ standing: 'tested' }), '05T12:00', 'exempt'],
    ['not included', item({ standing: 'not-included' }), '05T12:00', null],
    ['no window', item({ windows: [] }), '05T12:00', null],
  ])('%s', (_name, one, time, expected) => {
    expect(kind(one, time)).toBe(expected)
  })

  test('the most urgent comes first, the own before a relative’s, and yesterday’s round is no news', () => {
    const round = [relative({ standing: 'sampled' }), relative(), item(), item({ number: 2, standing: 'vaccinated' })]
    const order = linesOf(round, at('05T12:00')).map(({ kind: what, item: one }) => `${what} ${one.person.personId}`)
    expect(order).toEqual(['open 1', 'open 2', 'exempt 1', 'sampled 2'])
    expect(linesOf(round, at('06T19:59')).length).toBe(4)
    expect(linesOf(round, at('06T20:00'))).toEqual([])
  })

  test('people of one round stand together, in the order of the answer', () => {
    const rounds = byRound([item({ number: 2 }), item({ number: 1 }), relative({ number: 2 })])
    expect(rounds.map((round) => round.map(({ number, person }) => `${number} ${person.personId}`))).toEqual([['2 1', '2 2'], ['1 1']])
  })
})

describe('words', () => {
  let words: typeof import('../src/citizen/schedule/words')
  beforeAll(async () => {
    words = await import('../src/citizen/schedule/words')
  })
  const text = (one: ScheduleItem, time: string) => {
    const line = lineOf(one, at(time))
    return line && words.lineText(line, at(time))
  }

  test('the line says whose, when and what, in both languages', () => {
    expect(text(item(), '05T12:00')).toBe('本轮核酸：今天 10:00–20:00，您未采样')
    expect(text(item({ windows: [TOMORROW] }), '05T12:00')).toBe('本轮核酸：明天 09:00–20:00，请您届时采样')
    expect(text(relative(), '05T12:00')).toBe('本轮核酸：今天 10:00–20:00，李*（子女）未采样')
    expect(text(item({ standing: 'vaccinated' }), '05T12:00')).toBe('本轮核酸：您不用再测（近期接种疫苗）')
    lang.value = 'en'
    expect(text(item(), '05T12:00')).toBe('Testing round: today 10:00–20:00. You have not been sampled yet')
    expect(text(relative({ standing: 'sampled' }), '05T12:00')).toBe('Testing round: 李* (Child) has been sampled')
  })

  test.each([
    ['05T10:00', '05T20:00', '05T01:00', '今天 10:00–20:00'],
    ['05T10:00', '05T20:00', '06T01:00', '昨天 10:00–20:00'],
    ['08T10:00', '08T20:00', '05T01:00', '01-08 10:00–20:00'],
    ['05T18:00', '06T00:00', '05T01:00', '今天 18:00–24:00'],
    ['05T22:00', '06T02:00', '05T01:00', '今天 22:00 – 明天 02:00'],
  ])('from %s to %s, seen on %s', (from, to, seen, expected) => {
    expect(words.windowText(window(from, to), at(seen))).toBe(expected)
  })
})

describe('queue', () => {
  test.each([
    [35, 60, 10],
    [36, 60, 10],
    [61, 60, 15],
    [0, 60, 0],
    [35, 0, null],
    [null, 60, null],
  ])('%s people at %s per ten minutes take %s minutes', (waiting, pace, minutes) => {
    expect(queueMinutes(waiting, pace)).toBe(minutes)
  })

  test('the age of the count is told, and an old count promises no time', async () => {
    const { hoursText, isClosed, queueText } = await import('../src/citizen/schedule/points')
    const point = (waitingAt: string | null): SchedulePoint => ({
      ...{ id: 1, name: 'p', kind: 'fixed', address: 'a', ...TODAY, opens: TODAY.from, closes: TODAY.to },
      ...{ waiting: 35, waitingAt, people10Min: 60 },
    })
    const now = at('05T12:00')
    expect(queueText(point(new Date(now - 5 * 60_000).toISOString()), now)).toBe('约 35 人排队（5 分钟前） · 约等 10 分钟')
    expect(queueText(point(new Date(now - 40 * 60_000).toISOString()), now)).toBe('约 35 人排队（40 分钟前）')
    expect(queueText({ ...point(null), waiting: null }, now)).toBe('')
    expect(hoursText(point(null), now)).toBe('开放 今天 10:00–20:00')
    expect(hoursText({ ...point(null), closes: null }, at('04T12:00'))).toBe('明天 10:00 起开放')
    expect([isClosed(point(null), at('05T09:59')), isClosed(point(null), now), isClosed(point(null), at('05T20:00'))]).toEqual([true, false, true])
  })
})

describe('news', () => {
  const news = (more = {}) => ({ rounds: new Set<number>(), testMs: null, resample: null, ...more })
  const kindWith = (one: ScheduleItem, more: object) => lineOf(one, at('05T21:00'), news(more))?.kind ?? null

  test('a test within the window, newer than the schedule, keeps the line from saying "not sampled"', () => {
    expect(kindWith(item(), {})).toBe('over')
    expect(kindWith(item(), { testMs: at('05T12:00') })).toBeNull()
    expect(kindWith(item(), { testMs: at('05T20:00') })).toBe('over')
    expect(kindWith(relative(), { testMs: at('05T12:00') })).toBe('over')
    expect(linesOf([item(), relative()], at('05T12:00'), news({ testMs: at('05T12:00') })).map(({ item: one }) => one.person.personId)).toEqual(['2'])
  })

  test('whose pooled tube was positive is told of the single re-sample first, not that no test is needed', async () => {
    const { resampleDue } = await import('../src/citizen/schedule/resample')
    const { lineText } = await import('../src/citizen/schedule/words')
    const code = (...codes: string[]) => ({ reasons: codes.map((one) => ({ code: one })) }) as unknown as Code
    const resample = resampleDue(code('pooled-positive'))
    expect([resample, resampleDue(code('close-contact'))]).toEqual([true, false])
    expect(kindWith(item({ standing: 'tested' }), { resample })).toBe('resample')
    expect(kindWith(item({ standing: 'open' }), { resample })).toBe('resample')
    expect(kindWith(relative({ standing: 'tested' }), { resample })).toBe('exempt')
    // Also of the round's own pool, and of a relative whom no round reaches.
    expect(kindWith(item({ standing: 'sampled' }), { resample })).toBe('resample')
    expect(linesOf([relative({ standing: 'resample', windows: [] })], at('05T12:00')).map(({ kind }) => kind)).toEqual(['resample'])
    expect(kindWith(item({ standing: 'isolated' }), {})).toBe('isolated')
    // Of relatives, and where no code is known yet, the schedule says so; a newer code of the holder knows better.
    expect(kindWith(relative({ standing: 'resample' }), { resample: false })).toBe('resample')
    expect(kindWith(item({ standing: 'resample' }), {})).toBe('resample')
    expect(kindWith(item({ standing: 'resample' }), { resample: false })).toBeNull()
    const text = (one: ScheduleItem, due: boolean | null) => linesOf([one], at('05T12:00'), news({ resample: due })).map((line) => lineText(line, at('05T12:00')))
    expect(text(item({ standing: 'tested' }), resample)).toEqual(['本轮核酸：请您先做单管复核（混管阳性）'])
    expect(text(relative({ standing: 'resample' }), null)).toEqual(['本轮核酸：请李*（子女）先做单管复核（混管阳性）'])
    lang.value = 'en'
    expect(text(item({ standing: 'tested' }), resample)).toEqual(['Testing round: your single re-sample comes first (positive pool)'])
  })

  test('a sample of the round, learned after the schedule, says that the holder was sampled', () => {
    const sample = { id: 's', sampled: '', tube: 't', size: 10, campaign: 1 }
    expect(kindWith(item(), { rounds: sampledRounds([sample], 2, 1) })).toBe('sampled')
    expect(kindWith(item(), { rounds: sampledRounds([sample], 1, 2) })).toBe('over')
    expect(kindWith(item(), { rounds: sampledRounds([{ ...sample, undone: 'x' }], 2, 1) })).toBe('over')
    expect(kindWith(item({ number: 2 }), { rounds: sampledRounds([sample], 2, 1) })).toBe('over')
  })

  test('a new test, outcome or colour of the same person is news, a new credential is not', () => {
    const code = (more = {}) => ({ personId: '1', colour: 'green', test: null, credential: 'a', ...more }) as never
    const tested = (outcome: string) => code({ test: { sampled: '2022-01-05T02:00:00Z', outcome } })
    expect(isNews(code(), code({ credential: 'b' }))).toBe(false)
    expect(isNews(code(), code({ colour: 'yellow' }))).toBe(true)
    expect(isNews(code(), tested('negative'))).toBe(true)
    expect(isNews(tested('negative'), tested('positive'))).toBe(true)
    expect(isNews(code(), code({ personId: '2', colour: 'red' }))).toBe(false)
  })
})

describe('asking', () => {
  const MIN = 60_000
  async function page() {
    vi.resetModules()
    const state = await import('../src/citizen/state')
    const { mayAsk } = await import('../src/citizen/schedule/known')
    state.holding.value = { code: {}, etag: null, checkedAt: 0, skewMs: 0 } as never
    state.contact.value = 'current'
    return { ...state, mayAsk }
  }

  test('it asks at most every ten minutes, also after a refusal, and never while the code itself is late', async () => {
    const { mayAsk, contact, holding } = await page()
    expect(mayAsk(0, 11 * MIN)).toBe(true)
    expect(mayAsk(2 * MIN, 11 * MIN)).toBe(false)
    // A clock that was set back must not silence the page for hours.
    expect(mayAsk(60 * MIN, 11 * MIN)).toBe(true)
    contact.value = 'delayed'
    expect(mayAsk(0, 11 * MIN)).toBe(false)
    contact.value = 'current'
    holding.value = null
    expect(mayAsk(0, 11 * MIN)).toBe(false)
  })

  test('where the server says that no round is on it does not ask', async () => {
    const { mayAsk, server } = await page()
    server.value = { rounds: 0 } as never
    expect(mayAsk(0, 11 * MIN)).toBe(false)
    server.value = { rounds: 1 } as never
    expect(mayAsk(0, 11 * MIN)).toBe(true)
  })

  test('a changed code has the schedule asked once more before the pause is over', async () => {
    const kept = new Map<string, string>()
    vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text), removeItem: (key: string) => kept.delete(key) })
    vi.stubGlobal('navigator', { onLine: true })
    let asked = 0
    vi.stubGlobal('fetch', async () => {
      asked += 1
      return Response.json({ asOf: '2022-01-05T02:00:00Z', items: [] })
    })
    const { session, durable } = await page()
    const { learnSchedule, outdate, outdated } = await import('../src/citizen/schedule/known')
    session.value = { token: 't', expiresAt: '' } as never
    durable.value = false
    await learnSchedule()
    await learnSchedule()
    expect(asked).toBe(1)
    outdate()
    expect(outdated.value).toBe(true)
    await learnSchedule()
    await learnSchedule()
    expect([asked, outdated.value]).toEqual([2, false])
    vi.unstubAllGlobals()
  })
})
