/// The figures of the waiting page: formula of the contract, ranges in words, and what may never rise.
import { expect, test } from 'vitest'
import { aheadOf, calledAtMs, etaRange, etaS, isCalled, nextPollMs, nextShown, type Shown } from '../src/citizen/waiting/place'

const middle = () => 0.5

test('a place is called once serving has passed it', () => {
  expect([aheadOf(1234, { serving: 1000 }), isCalled(1234, { serving: 1000, issued: 1300 })]).toEqual([234, false])
  expect([aheadOf(1234, { serving: 1234 }), isCalled(1234, { serving: 1234, issued: 1300 })]).toEqual([0, false])
  expect(isCalled(1234, { serving: 1200, issued: 1200 })).toBe(true)
  expect([aheadOf(1234, { serving: 1300 }), isCalled(1234, { serving: 1235, issued: 1300 })]).toEqual([0, true])
})

test('the next poll comes after half of the wait, spread by a fifth, at most a minute', () => {
  const figures = { ratePerS: 10, pollS: 2, longestPollS: 50 }
  expect(nextPollMs(1000, figures, middle)).toBe(50_000)
  expect(nextPollMs(1000, figures, () => 0)).toBe(40_000)
  expect(nextPollMs(1000, figures, () => 0.999_999)).toBeCloseTo(60_000, -1)
  expect(nextPollMs(100_000, figures, middle)).toBe(50_000)
  expect(nextPollMs(5, { ratePerS: 0, pollS: 2, longestPollS: 50 }, middle)).toBe(50_000)
  expect(nextPollMs(5, { ratePerS: 0, pollS: 2, longestPollS: 5 }, middle)).toBe(5_000)
})

test('near the end the poll interval of the server is the longest and a quarter of a second the shortest', () => {
  const figures = { ratePerS: 10, pollS: 2, longestPollS: 50 }
  expect(nextPollMs(39, figures, middle)).toBe(2_000)
  expect(nextPollMs(10, figures, middle)).toBe(1_000)
  expect(nextPollMs(0, figures, middle)).toBe(250)
})

test('the wait is a range in round minutes', () => {
  expect(etaRange(600)).toEqual({ fromMin: 8, toMin: 13 })
  expect(etaRange(20)).toEqual({ fromMin: 0, toMin: 1 })
  expect(etaRange(0)).toEqual({ fromMin: 0, toMin: 1 })
  expect(etaRange(3600)).toEqual({ fromMin: 45, toMin: 80 })
  expect(etaRange(3 * 3600)).toEqual({ fromMin: 135, toMin: 240 })
  expect(etaRange(etaS(5, 0))).toBeNull()
})

test('the place never rises, and neither does the wait without a reason, over a thousand random figures', () => {
  let seed = 7
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  let shown: Shown | null = null
  for (let i = 0; i < 1000; i += 1) {
    const before: Shown | null = shown
    const next: Shown = nextShown(before, Math.floor((1 - i / 1000) * 5000 * (0.8 + 0.4 * random())), 5 + 10 * random())
    if (before) {
      expect(next.ahead).toBeLessThanOrEqual(before.ahead)
      if (!next.slower) {
        expect(next.eta?.toMin).toBeLessThanOrEqual(before.eta?.toMin ?? 0)
        expect(next.eta?.fromMin).toBeLessThanOrEqual(before.eta?.fromMin ?? 0)
      }
    }
    shown = next
  }
})

test('a wait that grows because people are called more slowly says so, and stops saying so when it shrinks', () => {
  const first = nextShown(null, 1000, 10)
  const slow = nextShown(first, 990, 2)
  expect([slow.slower, slow.ahead, (slow.eta?.toMin ?? 0) > (first.eta?.toMin ?? 0)]).toEqual([true, 990, true])
  expect(nextShown(slow, 985, 2).slower).toBe(true)
  expect(nextShown(slow, 700, 4).slower).toBe(false)
  // A little slower is noise.
  expect(nextShown(first, 999, 9.5).eta).toEqual(first.eta)
})

test('while nobody is called the last wait stays on the screen', () => {
  const first = nextShown(null, 600, 10)
  expect(nextShown(first, 600, 0).eta).toEqual(first.eta)
})

test('a page that was closed reckons when its place was called', () => {
  expect(calledAtMs(null, 5_000)).toBe(5_000)
  expect(calledAtMs({ ahead: 10, ratePerS: 1, atMs: 0 }, 600_000)).toBe(10_000)
  expect(calledAtMs({ ahead: 10, ratePerS: 1, atMs: 0 }, 4_000)).toBe(4_000)
  expect(calledAtMs({ ahead: 10, ratePerS: 0, atMs: 0 }, 4_000)).toBe(4_000)
})
