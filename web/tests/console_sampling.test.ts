/// Ages, areas and load as the console judges them; and who may see which list.
import { expect, test } from 'vitest'
import { byAge, hoursAndMinutes, hoursOf, lateness, leastHours, usualHours } from '../src/console/sampling/age'
import { areaCode, areaName } from '../src/console/sampling/area'
import { newPoint } from '../src/console/sampling/point_form'
import { mostPeople, ordered, queueMinutes } from '../src/console/sampling/point_load'
import type { SamplingPoint } from '../src/api/types'
import { logisticsOf, mayUndoSample, toolsOf } from '../src/console/tools'

test('lateness grows with the hours that were asked for, and a day is a search', () => {
  expect([3.9, 4, 7.9, 8, 24].map((hours) => lateness(hours * 3600, 4))).toEqual(['inTime', 'late', 'late', 'veryLate', 'lost'])
  expect(lateness(30 * 3600, 20)).toBe('lost')
  expect(hoursAndMinutes(4.2 * 3600)).toEqual({ h: 4, min: 12 })
  expect(hoursAndMinutes(-5)).toEqual({ h: 0, min: 0 })
  expect(['4', ' 168 ', '0', '169', '1.5', '', '-2', 'x'].map((typed) => hoursOf(typed, 1))).toEqual([4, 168, null, null, null, null, null, null])
})

test('a tube received though nobody sent it is listed at once, the others after an hour at the earliest', () => {
  const kinds = ['unpacked', 'in-transit', 'without-result', 'received-unsent'] as const
  expect(kinds.map(leastHours)).toEqual([1, 1, 1, 0])
  expect(kinds.map(usualHours)).toEqual([4, 4, 4, 0])
  expect(['0', '168', '', '-1', 'x'].map((typed) => hoursOf(typed, 0))).toEqual([0, 168, null, null, null])
  expect([0, 23, 24].map((hours) => lateness(hours * 3600, 0))).toEqual(['late', 'late', 'lost'])
})

test('a list is sorted by age without being changed', () => {
  const items = [{ ageS: 5 }, { ageS: 9 }, { ageS: 1 }]
  expect(byAge(items, 'oldest').map(({ ageS }) => ageS)).toEqual([9, 5, 1])
  expect(byAge(items, 'newest').map(({ ageS }) => ageS)).toEqual([1, 5, 9])
  expect(items[0]?.ageS).toBe(5)
})

const community = { id: 7, name: '第3社区', street: '小寨路街道', district: '雁塔区', districtCode: 610113, code: 610113001003 }

test('an area is the community, its street or its district, by the codes of the divisions', () => {
  expect(areaCode({ community, scope: 'community' })).toBe(610113001003)
  expect(areaCode({ community, scope: 'street' })).toBe(610113001)
  expect(areaCode({ community, scope: 'district' })).toBe(610113)
  expect(areaName({ community, scope: 'street' })).toBe('小寨路街道')
  const { code: _code, ...codeless } = community
  expect(areaCode({ community: codeless, scope: 'street' })).toBeNull()
  expect(areaCode({ community: codeless, scope: 'district' })).toBe(610113)
})

test('a point needs a name and an area, and closes after it opens; hours may be left out', () => {
  const typed = { name: ' 广场采样点 ', kind: 'mobile' as const, address: '', opens: '', closes: '' }
  const area = { community, scope: 'street' as const }
  expect(newPoint(typed, area)).toEqual({ name: '广场采样点', kind: 'mobile', area: 610113001, address: '' })
  expect(newPoint(typed, null)).toBeNull()
  expect(newPoint({ ...typed, name: ' ' }, area)).toBeNull()
  expect(newPoint({ ...typed, opens: '2022-01-05T10:00', closes: '2022-01-05T10:00' }, area)).toBeNull()
  expect(newPoint({ ...typed, opens: '2022-01-05T10:00', closes: '2022-01-05T20:00' }, area)).toMatchObject({ opens: '2022-01-05T10:00:00+08:00' })
})

const point = (name: string, more: Partial<SamplingPoint> = {}): SamplingPoint => ({
  ...{ id: 1, name, kind: 'fixed', area: 1, areaName: '', address: '', people10Min: 0, peopleToday: 0, tubesToday: 0 },
  ...more,
})

test('the busiest point comes first, a closed one last, and a queue lasts as long as its pace says', () => {
  const points = [point('甲', { people10Min: 3 }), point('乙', { people10Min: 99, closed: '2022-01-05T00:00:00Z' }), point('丙', { people10Min: 8, waiting: 1 }), point('丁', { waiting: 40 })]
  expect(ordered(points, 'busiest').map(({ name }) => name)).toEqual(['丙', '甲', '丁', '乙'])
  expect(ordered(points, 'longestQueue').map(({ name }) => name)).toEqual(['丁', '丙', '甲', '乙'])
  expect(ordered(points, 'byName').at(-1)?.name).toBe('乙')
  expect(mostPeople(points)).toBe(99)
  expect(queueMinutes({ waiting: 210, people10Min: 58 })).toBe(37)
  expect(queueMinutes({ waiting: 40, people10Min: 0 })).toBe('stuck')
  expect(queueMinutes({ waiting: 0, people10Min: 0 })).toBeNull()
  expect(queueMinutes({ people10Min: 5 })).toBeNull()
})

test('each role sees the lists the server lets it read', () => {
  expect(logisticsOf('sampler')).toEqual(['overdue', 'resampleList'])
  expect(logisticsOf('lab')).toEqual(['overdue', 'problems'])
  expect(logisticsOf('headquarters')).toEqual(['overdue', 'problems', 'resampleList'])
  expect(logisticsOf('verifier')).toEqual([])
  expect(toolsOf('tracer')).toEqual(['caseFiles'])
  expect(toolsOf('lab')[0]).toBe('labDesk')
  for (const role of ['verifier', 'approver', 'hotline-agent', 'operator', 'auditor'] as const) {
    expect(toolsOf(role)).not.toContain('logistics')
    expect(mayUndoSample(role)).toBe(false)
  }
})
