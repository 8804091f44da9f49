/// Both languages of every page say the same things.
import { expect, test } from 'vitest'
import { age, cityDate, dateTime } from '../src/i18n/time'
import { fill, preparations } from '../src/i18n/lang'

interface Module {
  dictionary?: { zh: Record<string, string>; en: Record<string, string> }
}
const modules = import.meta.glob<Module>(['../src/*/text/*.ts', '../src/*/text*.ts'], { eager: true })
const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()

test('every dictionary has the same keys and places in both languages', async () => {
  await Promise.all(preparations.map((prepare) => prepare()))
  let found = 0
  for (const [file, { dictionary }] of Object.entries(modules)) {
    if (!dictionary) continue
    found += 1
    const { zh, en } = dictionary
    expect(Object.keys(en).sort(), file).toEqual(Object.keys(zh).sort())
    for (const key of Object.keys(zh)) {
      expect(zh[key]?.trim(), `${file} ${key}`).toBeTruthy()
      expect(places(en[key] ?? ''), `${file} ${key}`).toEqual(places(zh[key] ?? ''))
      // English must not be a forgotten copy: only texts without Chinese characters may be equal.
      if (/\p{Script=Han}/u.test(zh[key] ?? '')) expect(en[key], `${file} ${key}`).not.toBe(zh[key])
    }
  }
  expect(found).toBeGreaterThanOrEqual(3)
})

test('a missing value stays visible', () => {
  expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}')
})

test('times are city times whatever the device thinks', () => {
  const at = Date.parse('2022-01-04T17:30:00Z')
  expect(cityDate(at)).toBe('2022-01-05')
  expect(dateTime(at)).toBe('2022-01-05 01:30')
})

test('an age from a wrong clock counts as now', () => {
  expect(age(-5000)).toBe('刚刚')
  expect(age(5 * 60_000)).toBe('5 分钟前')
  expect(age(50 * 3_600_000)).toBe('2 天前')
})
