/// Figures of the operators' page: rates out of totals, gaps, the chart's path, and limits as a form.
import { expect, test } from 'vitest'
import { appended, CLASSES, FATES, type Figures, type Second, secondBetween, type Settings, summed, unbroken } from '../src/console/overload/figures'
import { draftOf, LIMIT_GROUPS, pathOfRefusal, settingsOf, wrongPath } from '../src/console/overload/limit_fields'
import { limitText } from '../src/console/text/limits'
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

test('the form holds every number of the settings, and gives the same ones back', () => {
  const numbers = (value: unknown): number => (typeof value === 'number' ? 1 : Object.values(value as object).reduce((sum: number, each) => sum + numbers(each), 0))
  const draft = draftOf(SETTINGS)
  expect(Object.keys(draft)).toHaveLength(numbers(SETTINGS))
  expect(settingsOf(draft, SETTINGS)).toEqual(SETTINGS)
  const next = settingsOf({ ...draft, 'admission.shares.3': '0.2', 'rates.address.perS': '500' }, SETTINGS)
  expect([next.admission.shares[3], next.rates.address.perS, SETTINGS.admission.shares[3]]).toEqual([0.2, 500, 0.1])
})

test('every limit has a name, and a refusal finds its field', () => {
  for (const { path } of LIMIT_GROUPS.flatMap(({ fields }) => fields)) expect(limitText(path)).not.toBe(path)
  expect(pathOfRefusal('admission.mostPermits')).toBe('admission.mostPermits')
  expect(pathOfRefusal('admission.shares')).toBe('admission.shares.0')
  expect(pathOfRefusal('rates.device')).toBe('rates.device.perS')
  expect(pathOfRefusal('elsewhere')).toBeNull()
})

test('what is no number is refused before it is sent', () => {
  const draft = draftOf(SETTINGS)
  expect(wrongPath(draft)).toBeNull()
  expect(wrongPath({ ...draft, 'room.claimS': ' ' })).toBe('room.claimS')
  expect(wrongPath({ ...draft, 'room.claimS': '5 min' })).toBe('room.claimS')
})
