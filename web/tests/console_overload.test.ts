/// Figures of the operators' page: rates out of totals, gaps, the chart's path, and limits as a form.
import { expect, test } from 'vitest'
import { Problem } from '../src/api/problem'
import { appended, CLASSES, FATES, type Figures, type Second, secondBetween, type Settings, summed, unbroken } from '../src/console/overload/figures'
import { changeLimits, type Standing } from '../src/console/overload/change_limits'
import { type Edits, edited, mistakeIn, rebased, textOf } from '../src/console/overload/limit_edits'
import { LIMIT_GROUPS, numberAt, pathOfRefusal } from '../src/console/overload/limit_fields'
import { limitText, mistakeText, rangeText } from '../src/console/text/limits'
import { measured, protectionText } from '../src/console/text/units'
import { lang } from '../src/i18n/lang'
import { pathOf, roundUp, valueText } from '../src/ui/line_chart'

const SETTINGS: Settings = {
  admission: {
    firstPermits: 16,
    fewestPermits: 4,
    mostPermits: 256,
    queueMs: 50,
    longestWaitMs: 250,
    holdMs: 3000,
    shares: [0.25, 0.4, 0, 0.1, 0.05],
    retryShare: 0.1,
  },
  room: { claimS: 300, pollsPerS: 500, shortestPollS: 2 },
  rates: {
    device: { perS: 2, burst: 20 },
    address: { perS: 200, burst: 2000 },
    oneTimePasswords: { perS: 20, burst: 400 },
    signIns: { perS: 1, burst: 60 },
  },
}

/** Figures of a server that had been asked `total` times per class at `second`. */
function figuresAt(second: number, total: number): Figures {
  const rates = Object.fromEntries(FATES.map((fate) => [fate, total]))
  const classes = CLASSES.map((name) => ({ class: name, ...rates, queueDelayMs: 3 }))
  const rest = { capacityPerS: 100, room: { waiting: 7 }, connections: { open: 9 } }
  return { asOf: new Date(second * 1000).toISOString(), classes, ...rest } as unknown as Figures
}
const secondAt = (atS: number) => ({ atS }) as Second

test('rates are differences of totals over the time between two readings', () => {
  const second = secondBetween(figuresAt(100, 50), figuresAt(102, 90))
  expect(second?.atS).toBe(102)
  expect(second?.classes.map((rates) => rates.offered)).toEqual([20, 20, 20, 20, 20])
  expect([second?.waiting, second?.connections, second?.queueDelayMs[0]]).toEqual([7, 9, 3])
  expect(summed(second?.classes ?? []).goodput).toBe(100)
})

test('a restarted server and the same reading twice make no second', () => {
  expect(secondBetween(figuresAt(100, 50), figuresAt(101, 2))).toBeNull()
  expect(secondBetween(figuresAt(100, 50), figuresAt(100, 50))).toBeNull()
})

test('five minutes are kept, the newest last, and what was missed is a gap', () => {
  let past: Second[] = []
  for (let atS = 1; atS <= 400; atS += 1) past = appended(past, secondAt(atS))
  expect([past.length, past[0]?.atS, past.at(-1)?.atS]).toEqual([300, 101, 400])
  const gap = appended(past.slice(0, 3), secondAt(106))
  expect(unbroken(gap).map((second) => second?.atS ?? null)).toEqual([101, 102, 103, null, null, 106])
  expect(unbroken([])).toEqual([])
})

test('a line has a gap where nothing is known and stays inside the chart', () => {
  expect(pathOf([0, null, 10, 99], 10).match(/M/g)).toHaveLength(2)
  expect(pathOf([10, 20], 10)).toBe('M44.0 10.0L712.0 10.0')
  expect([0, 1, 1.2, 37, 50, 51, 1001].map(roundUp)).toEqual([1, 1, 2, 50, 50, 100, 2000])
  expect([null, 0, 0.051, 1.26, 12.6, 1234.4].map(valueText)).toEqual(['–', '0', '0.051', '1.3', '13', '1,234'])
})

test('the form holds every number of the settings, each with a name of its own that ends with its unit, in both languages', () => {
  const numbers = (value: unknown): number => (typeof value === 'number' ? 1 : Object.values(value as object).reduce((sum: number, each) => sum + numbers(each), 0))
  const paths = LIMIT_GROUPS.flatMap(({ fields }) => fields.map(({ path }) => path))
  expect(paths).toHaveLength(numbers(SETTINGS))
  for (const path of paths) expect(textOf({}, SETTINGS, path), path).toBe(String(numberAt(SETTINGS, path)))
  for (const [language, end] of [['zh', /（[^（）]+）$/], ['en', / \([^()]+\)$/]] as const) {
    lang.value = language
    const names = paths.map(limitText)
    expect(new Set(names).size).toBe(paths.length)
    for (const name of names) expect(name).toMatch(end)
    const told = paths.flatMap((path) => [rangeText(path), ...(['noNumber', 'outOfRange', 'notBetween', 'sharesTooMuch'] as const).map((why) => mistakeText({ path, why }))])
    for (const text of told) expect(text).toMatch(language === 'zh' ? /^[^A-Za-z{}]+$/ : /^[^\p{Script=Han}{}]+$/u)
  }
  lang.value = 'zh'
})

test('a refusal finds its field', () => {
  expect(pathOfRefusal('admission.mostPermits')).toBe('admission.mostPermits')
  expect(pathOfRefusal('admission.shares')).toBe('admission.shares.0')
  expect(pathOfRefusal('rates.device')).toBe('rates.device.perS')
  expect(pathOfRefusal('elsewhere')).toBeNull()
})

/** The edits of somebody who filled these fields. */
const edits = (texts: Record<string, string>) => Object.entries(texts).reduce((all, [path, text]) => edited(all, SETTINGS, path, text), {} as Edits)

test('only what differs is an edit, and what cannot be is told at its field before it is sent', () => {
  expect(edits({ 'room.claimS': '300' })).toEqual({})
  expect(edited(edits({ 'room.claimS': '301' }), SETTINGS, 'room.claimS', '300')).toEqual({})
  const why = (texts: Record<string, string>) => {
    const mistake = mistakeIn(edits(texts), SETTINGS)
    return mistake && [mistake.path, mistake.why]
  }
  expect(why({ 'room.claimS': '400' })).toBeNull()
  for (const text of [' ', '5 min', 'x', '１２x']) expect(why({ 'room.claimS': text })).toEqual(['room.claimS', 'noNumber'])
  for (const text of ['9', '3601', '60.5', '-60']) expect(why({ 'room.claimS': text })).toEqual(['room.claimS', 'outOfRange'])
  expect(why({ 'room.shortestPollS': '2.5' })).toBeNull()
  expect(why({ 'admission.mostPermits': '8' })).toEqual(['admission.mostPermits', 'notBetween'])
  expect(why({ 'admission.fewestPermits': '20', 'admission.firstPermits': '20' })).toBeNull()
  expect(why({ 'admission.shares.3': '0.5' })).toEqual(['admission.shares.3', 'sharesTooMuch'])
})

/** A desk whose limits somebody else changes, one step before each of our writes. */
function desk(others: ((settings: Settings) => void)[]) {
  const now = { settings: structuredClone(SETTINGS), version: 0 }
  const sent: Settings[] = []
  const standing = (): Standing => ({ settings: structuredClone(now.settings), settingsTag: String(now.version) })
  const write = async (settings: Settings, tag: string) => {
    const change = others.shift()
    if (change) {
      change(now.settings)
      now.version += 1
    }
    if (tag !== String(now.version)) throw new Problem({ type: '/problems/changed-meanwhile', title: 'changed', status: 412 })
    sent.push(settings)
  }
  return { known: standing(), sent, read: async () => standing(), write }
}

test('what is sent is the newest limits with what was changed in the form, and no more', async () => {
  const { known, sent, ...rest } = desk([(settings) => (settings.room.claimS = 600), (settings) => (settings.rates.device.burst = 30)])
  const outcome = await changeLimits(edits({ 'admission.shares.3': '0.2' }), known, rest)
  expect(outcome).toEqual({ end: 'done' })
  expect(sent).toHaveLength(1)
  expect([sent[0]?.room.claimS, sent[0]?.rates.device.burst, sent[0]?.admission.shares[3]]).toEqual([600, 30, 0.2])
})

test('the same field changed meanwhile is not overwritten unless it is saved again', async () => {
  const { known, sent, ...rest } = desk([(settings) => (settings.room.claimS = 600)])
  const mine = edits({ 'room.claimS': '400', 'admission.queueMs': '60' })
  const outcome = await changeLimits(mine, known, rest)
  expect(outcome).toMatchObject({ end: 'clash', path: 'room.claimS', standing: { settings: { room: { claimS: 600 } } } })
  expect(sent).toEqual([])
  const standing = (outcome as { standing: Standing }).standing
  expect(await changeLimits(rebased(mine, standing.settings), standing, rest)).toEqual({ end: 'done' })
  expect([sent[0]?.room.claimS, sent[0]?.admission.queueMs]).toEqual([400, 60])
})

test('a change that somebody has made already is no clash, and an answer that was lost does no harm', async () => {
  const { known, sent, ...rest } = desk([(settings) => (settings.room.claimS = 400)])
  expect(await changeLimits(edits({ 'room.claimS': '400' }), known, rest)).toEqual({ end: 'done' })
  expect(sent[0]?.room.claimS).toBe(400)
})

test('together with what others changed it must still be possible; endless changes of others and refusals are told', async () => {
  const { known, sent, ...rest } = desk([(settings) => (settings.admission.fewestPermits = 100)])
  const outcome = await changeLimits(edits({ 'admission.firstPermits': '50' }), known, rest)
  expect(outcome).toEqual({ end: 'mistake', mistake: { path: 'admission.firstPermits', why: 'notBetween' } })
  expect(sent).toEqual([])
  const busy = desk(Array.from({ length: 9 }, (_, i) => (settings: Settings) => (settings.room.pollsPerS = 600 + i)))
  await expect(changeLimits(edits({ 'room.claimS': '400' }), busy.known, busy)).rejects.toMatchObject({ status: 412 })
})

test('values of alarms have units in the language of the page; a yes or no has none', () => {
  expect([measured(176.3, 'requests/s'), measured(82, '%'), measured(1200, 'people'), measured(330, 's')]).toEqual(['176 次/秒', '82%', '1,200 人', '330 秒'])
  expect([measured(1, 'paused'), measured(1, 'saturated'), measured(1, 'not ready')]).toEqual([null, null, null])
  expect([protectionText('ours'), protectionText('newer')]).toEqual(['过载保护：已开启', 'newer'])
})
