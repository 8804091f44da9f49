/// Words of the waiting page, in both languages.
import { afterEach, expect, test } from 'vitest'
import { lang } from '../src/i18n/lang'
import { claimLeftMs } from '../src/citizen/waiting/claim'
import { isNews, leftText, peopleText, rangeText } from '../src/citizen/waiting/words'

afterEach(() => {
  lang.value = 'zh'
})

test('a range is told in minutes up to two hours, then in hours', () => {
  expect(rangeText({ fromMin: 8, toMin: 12 })).toBe('约 8–12 分钟')
  expect(rangeText({ fromMin: 0, toMin: 1 })).toBe('不到 1 分钟')
  expect(rangeText({ fromMin: 0, toMin: 2 })).toBe('约 1–2 分钟')
  expect(rangeText({ fromMin: 2, toMin: 2 })).toBe('约 2 分钟')
  expect(rangeText({ fromMin: 90, toMin: 150 })).toBe('约 1.5–2.5 小时')
  lang.value = 'en'
  expect(rangeText({ fromMin: 8, toMin: 12 })).toBe('about 8–12 minutes')
  expect(rangeText({ fromMin: 0, toMin: 1 })).toBe('less than 1 minute')
})

test('people are counted with separators, time left in minutes and seconds', () => {
  expect(peopleText(1234)).toBe('1,234')
  expect([leftText(247_000), leftText(0), leftText(-5)]).toEqual(['4:07', '0:00', '0:00'])
})

test('a screen reader hears the first place, half of it, and any other one a minute later', () => {
  expect(isNews(null, 100, 0)).toBe(true)
  const said = { ahead: 100, atMs: 0 }
  expect([isNews(said, 99, 2_000), isNews(said, 50, 2_000), isNews(said, 99, 60_000), isNews(said, 100, 90_000)]).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect(isNews({ ahead: 0, atMs: 0 }, 0, 90_000)).toBe(false)
})

test('the time to come runs from the call', () => {
  expect(claimLeftMs({ calledAtMs: 1_000, now: { claimS: 300 } }, 61_000)).toBe(240_000)
  expect(claimLeftMs({ calledAtMs: null, now: { claimS: 300 } }, 61_000)).toBe(300_000)
})
