/// The pure parts of the campaigns' pages: document and form, windows, steps, sentences, coverage.
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { areaBars, cityMap, NO_SHADE, shadeOf, SHADES } from '../src/console/campaigns/chart_options'
import { thinned } from '../src/console/campaigns/coverage_charts'
import { areaKeyOf, furtherPath } from '../src/console/campaigns/coverage_path'
import { CITIES, cityWith } from '../src/console/campaigns/divisions'
import { type CampaignDocument, firstDay, movedTo, readDocument, skeleton, writtenDocument } from '../src/console/campaigns/document'
import { doneShare, isAlarming, lastChange, leastDoneFirst, percent } from '../src/console/campaigns/figures'
import { codesOf } from '../src/console/campaigns/form_zones'
import { holders, lineRange, pathWords, placeWords, textAt } from '../src/console/campaigns/problems'
import { chosenScope, endsAtMs, streetsOf, windowsNow } from '../src/console/campaigns/refine_scope'
import { alarmSentence, askSentence, scopeSentence, staleSentence, stoppedSentence } from '../src/console/campaigns/sentences'
import type { By } from '../src/api/types'
import type { CampaignFile, ClosingCounts, CoverageItem, Refinement, Standings } from '../src/console/campaigns/shapes'
import { possibleSteps } from '../src/console/campaigns/steps'
import { extended, following, instantsOf, localOf, mistakeIn, windowsWords } from '../src/console/campaigns/windows'
import { lang } from '../src/i18n/lang'

afterEach(() => {
  lang.value = 'zh'
})

const SHIPPED = readFileSync('../campaigns/zhengzhou-2022-01-05.toml', 'utf8')
const NOBODY: Standings = { sampled: 0, zoneTested: 0, vaccinated: 0, outsideCity: 0, tested: 0, waiting: 0, open: 0, spared: 0, notIncluded: 0 }
const by = (staffId: number, at: string): By => ({ staffId, name: `staff-${staffId}`, at: `2022-01-05T${at}:00Z` })
const COUNTS: ClosingCounts = {
  ...{ asOf: '2022-01-06T12:00:00Z', people: 12_600_000, given: 213_402, share: 0.0169, lastShare: 0.009, lastId: 'zhengzhou-2021-08' },
  ...{ spared: { sealedZone: 5200, isolation: 496 }, waiting: 812, exempt: 310_000, sampled: 12_070_090 },
}

function file(more: Partial<CampaignFile> = {}): CampaignFile {
  return {
    ...{ number: 1, id: 'zhengzhou-2022-01-05', nameZh: '本轮', nameEn: 'This round', basisZh: '通告', basisEn: 'notice', state: 'draft', version: 1 },
    ...{ from: '2022-01-05T02:00:00Z', to: '2022-01-06T12:00:00Z', reason: 'missed-round', drafted: by(1, '01:00'), given: 0, undone: 0 },
    ...{ document: '', format: 'toml', areas: [], refinements: [], ...more },
  }
}

function shipped(): CampaignDocument {
  const reading = readDocument(SHIPPED)
  if (!('document' in reading)) throw new Error(JSON.stringify(reading))
  return reading.document
}

describe('document', () => {
  test('the shipped notice is read into the form, and written as JSON it is the same document', () => {
    const document = shipped()
    expect(document.areas).toHaveLength(16)
    expect(document.areas[1]).toEqual({ zone: 'zhengdong', windows: [{ from: '2022-01-05T10:00', to: '2022-01-05T20:00' }] })
    expect(document.exemptions.map(({ kind }) => kind)).toEqual(['zone-tested', 'vaccinated', 'outside-city'])
    expect(document.points.at_work_after_declaring).toBe(true)
    const written = writtenDocument(document)
    expect(written.startsWith('{')).toBe(true)
    expect(readDocument(written)).toEqual({ document })
  })

  test('what a document may leave out is there in the form', () => {
    const { exemptions: _e, zones: _z, consequence, points, ...rest } = skeleton(410100)
    const text = JSON.stringify({ ...rest, points: { kinds: points.kinds }, consequence: { reason: consequence.reason } })
    const reading = readDocument(text) as { document: CampaignDocument }
    expect(reading.document).toMatchObject({ exemptions: [], zones: [], points: { at_work_after_declaring: false }, consequence: { spared: [] } })
  })

  test('what the form has no place for is named, and what is no document at all is said', () => {
    const misfit = (change: (document: Record<string, unknown>) => void) => {
      const document = JSON.parse(writtenDocument(shipped())) as Record<string, unknown>
      change(document)
      return readDocument(JSON.stringify(document))
    }
    expect(misfit((document) => (document.colour = 'red'))).toEqual({ misfit: 'colour' })
    expect(misfit((document) => delete document.basis)).toEqual({ misfit: 'basis' })
    expect(misfit((document) => (document.areas = [{ code: '410105', windows: [] }]))).toEqual({ misfit: 'areas[0].code' })
    expect(misfit((document) => (document.exemptions = [{ kind: 'pets' }]))).toEqual({ misfit: 'exemptions[0].kind' })
    expect(misfit((document) => (document.zones = [{ level: 'sealed', codes: [1.5] }]))).toEqual({ misfit: 'zones[0].codes[0]' })
    expect(readDocument('name = ')).toEqual({ unreadable: true })
    expect(readDocument('{"id": ')).toEqual({ unreadable: true })
  })

  test('all dates move together, over the end of a month too', () => {
    const moved = movedTo(shipped(), '2022-01-31')
    expect(firstDay(moved)).toBe('2022-01-31')
    expect(moved.areas[9]?.windows).toEqual([{ from: '2022-02-01T09:00', to: '2022-02-01T20:00' }])
    expect(moved.exemptions[0]).toEqual({ kind: 'zone-tested', zones: ['sealed', 'controlled', 'precaution'], on: '2022-01-30' })
    expect(movedTo(shipped(), '')).toEqual(shipped())
  })

  test('codes of zones are read from whatever separates them', () => {
    expect(codesOf('410105004\n410105004201，410102001 ')).toEqual([410105004, 410105004201, 410102001])
    expect(codesOf('')).toEqual([])
  })
})

describe('divisions', () => {
  test('every area of the shipped notice can be chosen in the form', () => {
    const city = cityWith(410100)
    for (const { code, zone } of shipped().areas) {
      expect(city?.districts.some((each) => each.code === code) || city?.zones.some(({ id }) => id === zone), `${code ?? zone}`).toBe(true)
    }
  })

  test('both cities have districts and streets, and a zone only where its streets are known', () => {
    expect(CITIES.map(({ districts }) => districts.length)).toEqual([15, 13])
    expect(CITIES.map(({ zones }) => zones.map(({ id }) => id))).toEqual([['zhengdong'], []])
    for (const { districts, streets } of CITIES) {
      for (const { district } of streets) expect(districts.some(({ code }) => code === district)).toBe(true)
    }
  })
})

describe('windows', () => {
  const DAY = { from: '2022-01-05T10:00', to: '2022-01-05T20:00' }

  test('mistakes are found as the server finds them', () => {
    expect(mistakeIn([])).toEqual({ why: 'none' })
    expect(mistakeIn([DAY])).toBeNull()
    expect(mistakeIn([{ ...DAY, to: '' }])).toEqual({ why: 'noTime', index: 0 })
    expect(mistakeIn([{ from: DAY.to, to: DAY.from }])).toEqual({ why: 'length', index: 0 })
    expect(mistakeIn([{ ...DAY, to: '2022-01-12T10:00' }])).toBeNull()
    expect(mistakeIn([{ ...DAY, to: '2022-01-12T10:01' }])).toEqual({ why: 'length', index: 0 })
    expect(mistakeIn([DAY, { from: '2022-01-05T19:00', to: '2022-01-05T22:00' }])).toEqual({ why: 'overlap', index: 1 })
    expect(mistakeIn([DAY, { from: '2022-01-05T20:00', to: '2022-01-05T22:00' }])).toBeNull()
    expect(mistakeIn(Array.from({ length: 21 }, () => DAY))).toEqual({ why: 'tooMany' })
  })

  test('times are those of the city, extended, followed and sent as instants', () => {
    expect(localOf('2022-01-05T02:00:00Z')).toBe('2022-01-05T10:00')
    expect(instantsOf([DAY])).toEqual([{ from: '2022-01-05T02:00:00.000Z', to: '2022-01-05T12:00:00.000Z' }])
    expect(extended([DAY], 4)).toEqual([{ ...DAY, to: '2022-01-06T00:00' }])
    expect(following([DAY])).toEqual({ from: '2022-01-06T10:00', to: '2022-01-06T20:00' })
    expect(following([])).toEqual({ from: '', to: '' })
    expect(windowsWords([DAY, { from: '2022-01-05T22:00', to: '2022-01-06T02:00' }])).toBe('01-05 10:00–20:00, 01-05 22:00–01-06 02:00')
  })
})

describe('problems', () => {
  const problem = { line: 12, field: 'areas[2].windows[0].to', zh: '不是时间', en: 'no time' }

  test('they are told at their field, in the words of the form, and by line in the text', () => {
    expect(textAt([problem], 'areas[2].windows[0].to')).toBe('不是时间')
    expect(textAt([problem], 'areas[2]')).toBe('')
    expect(pathWords(problem.field)).toBe('第 3 个区域 › 第 1 段时间 › 结束')
    expect(pathWords('population.groups')).toBe('参加的人员')
    expect(placeWords(problem, false)).toBe('第 12 行 · areas[2].windows[0].to')
    expect(placeWords({ ...problem, line: null }, true)).toBe('第 3 个区域 › 第 1 段时间 › 结束')
  })

  test('the nearest part on screen is found, and the line in the text', () => {
    expect(holders('areas[2].windows[0].to')).toEqual(['areas[2].windows[0].to', 'areas[2].windows[0]', 'areas[2].windows', 'areas[2]', 'areas'])
    expect(lineRange('a\nbcd\ne', 2)).toEqual([2, 5])
    expect(lineRange('a', 9)).toEqual([2, 2])
  })
})

describe('steps', () => {
  const staff = (id: number, role: 'headquarters' | 'approver' | 'community-worker') => ({ id, name: 's', role })
  const names = (campaign: CampaignFile, who: ReturnType<typeof staff>) => possibleSteps(campaign, who).map(({ step }) => step)

  test('each role sees the steps of its own in every state', () => {
    const [desk, approver, worker] = [staff(2, 'headquarters'), staff(3, 'approver'), staff(4, 'community-worker')]
    expect(names(file(), desk)).toEqual(['approve', 'redraft', 'withdraw'])
    expect(names(file(), approver)).toEqual(['approve'])
    expect(names(file({ state: 'approved' }), desk)).toEqual(['start', 'refine', 'withdraw'])
    expect(names(file({ state: 'running' }), worker)).toEqual(['refine'])
    expect(names(file({ state: 'closing', mostGiven: 9 }), approver)).toEqual(['approve-closing', 'refuse-closing'])
    // Stopped, since there were more people than were approved.
    expect(names(file({ state: 'closing', given: 5 }), desk)).toEqual(['ask-to-close', 'reverse'])
    expect(names(file({ state: 'closing', closingApproved: by(3, '09:00') }), desk)).toEqual(['reverse'])
    expect(names(file({ state: 'closed' }), approver)).toEqual([])
    expect(names(file({ state: 'withdrawn' }), desk)).toEqual([])
  })

  test('the second half of a decision is left to another person', () => {
    const own = (campaign: CampaignFile, id: number) => possibleSteps(campaign, staff(id, 'headquarters')).filter(({ isOwn }) => isOwn).map(({ step }) => step)
    expect(own(file(), 1)).toEqual(['approve'])
    expect(own(file(), 2)).toEqual([])
    expect(own(file({ state: 'closing', mostGiven: 9, closingAsked: by(1, '09:00') }), 1)).toEqual(['approve-closing'])
  })
})

describe('sentences', () => {
  test('the scope is told with both shares, and is alarming above twice the last', () => {
    expect(scopeSentence(COUNTS)).toBe('将给 213,402 人赋黄码，占人口 1.7%；上一轮为 0.9%')
    expect(isAlarming(COUNTS)).toBe(false)
    expect(alarmSentence(COUNTS)).toBe('')
    const many = { ...COUNTS, share: 0.031 }
    expect(isAlarming(many)).toBe(true)
    expect(alarmSentence(many)).toContain('3.4 倍')
    expect(isAlarming({ ...COUNTS, share: 0.018 })).toBe(false)
    const first = { ...COUNTS, lastShare: null }
    expect(scopeSentence(first)).toContain('没有上一轮可比')
    expect(isAlarming(first)).toBe(false)
    lang.value = 'en'
    expect(scopeSentence(COUNTS)).toBe('This will colour 213,402 people yellow, 1.7% of the population; the last round coloured 0.9%')
  })

  test('the colour is that of the rules in force, and where they give none the sentences say so', () => {
    expect(scopeSentence(COUNTS, 'yellow')).toBe(scopeSentence(COUNTS))
    expect(scopeSentence(COUNTS, 'red')).toBe('将给 213,402 人赋红码，占人口 1.7%；上一轮为 0.9%')
    expect(scopeSentence(COUNTS, 'green')).toBe('按现行规则，不改变任何人的颜色，只给 213,402 人记下理由，占人口 1.7%；上一轮为 0.9%')
    const ask = (step: 'approve-closing' | 'reverse', colour: CampaignFile['colour']) => askSentence(step, file({ colour, given: 9, mostGiven: 9 }), null)
    expect(ask('reverse', null)).toContain('将从 9 人撤回本轮给的黄码')
    expect(ask('reverse', 'red')).toContain('将从 9 人撤回本轮给的红码')
    for (const step of ['approve-closing', 'reverse'] as const) expect(ask(step, 'green')).toContain('谁的颜色都不变')
    lang.value = 'en'
    expect(scopeSentence(COUNTS, 'red')).toContain('213,402 people red')
    expect(scopeSentence(COUNTS, 'green')).toContain('changes nobody’s colour')
  })

  test('a closing that was stopped says how many were approved and how many there are', () => {
    expect(stoppedSentence(COUNTS)).toBe('')
    expect(stoppedSentence({ ...COUNTS, stoppedAt: 200_000 })).toContain('批准的是 200,000 人，现在应为 213,402 人')
  })

  test('a few people of millions are not told as nobody', () => {
    expect([percent(0), percent(0.00001), percent(0.017), percent(1)]).toEqual(['0.0%', '<0.1%', '1.7%', '100.0%'])
  })

  test('a step is asked for with its figures', () => {
    const total = { ...NOBODY, people: 1000, open: 900, zoneTested: 40, tested: 10, waiting: 5, notIncluded: 45 }
    expect(askSentence('start', file(), total)).toMatch(/900 人的手机.*50 人豁免，5 人的申报待审/)
    expect(askSentence('approve', file(), total)).toContain('955 人')
    expect(askSentence('approve-closing', file({ closing: COUNTS, mostGiven: 213_615 }), null)).toContain('最多 213,615 人')
    expect(askSentence('reverse', file({ given: 213_000 }), null)).toContain('从 213,000 人撤回')
  })

  test('who changed it last is named, also when it was the times of a community', () => {
    const changed = file({ version: 4, approved: by(2, '02:00'), refinements: [{ number: 1, scope: { kind: 'community', code: 410105004201 }, scopeName: '某社区', windows: [], by: by(7, '03:00') }] })
    expect(lastChange(changed)).toEqual(by(7, '03:00'))
    expect(staleSentence(changed)).toContain('staff-7 刚在 2022-01-05 11:00 做了更改（现为第 4 版）')
  })
})

describe('coverage', () => {
  const item = (more: Partial<CoverageItem>): CoverageItem => ({ people: 100, standings: NOBODY, ...more })

  test('who is sampled or exempt is done', () => {
    expect(doneShare(item({ standings: { ...NOBODY, sampled: 60, tested: 10, open: 20, notIncluded: 10 } }))).toBeCloseTo(70 / 90)
  })

  test('where nobody is to be sampled no share is told: a dash, grey on the map, last in the table', () => {
    const nobody = item({ code: 410106, nameZh: '上街区', people: 4, standings: { ...NOBODY, notIncluded: 4 } })
    expect(doneShare(nobody)).toBeNull()
    expect(doneShare(item({ people: 0 }))).toBeNull()
    expect(percent(doneShare(nobody))).toBe('—')
    const { series } = cityMap('4101', [nobody]) as { series: { data: unknown[] }[] }
    expect(series[0]?.data[0]).toMatchObject({ value: '-', itemStyle: { areaColor: NO_SHADE }, label: { formatter: expect.stringContaining('\n—') }, tooltip: { formatter: '{b}\n—' } })
    const done = item({ code: 410105, nameZh: '金水区', standings: { ...NOBODY, sampled: 100 } })
    const begun = item({ code: 410103, nameZh: '二七区', standings: { ...NOBODY, open: 100 } })
    expect(leastDoneFirst([nobody, done, begun])).toEqual([begun, done, nobody])
    expect(areaBars([nobody, done, begun])).toMatchObject({ yAxis: { data: ['上街区', '金水区', '二七区'] } })
  })

  test('an item leads further by its code, its zone or the key of the server', () => {
    expect(furtherPath(3, areaKeyOf({ code: 410105 }))).toBe('/v1/campaigns/3/coverage?district=410105')
    expect(furtherPath(3, areaKeyOf({ code: 'zhengdong' }))).toBe('/v1/campaigns/3/coverage?zone=zhengdong')
    expect(furtherPath(3, areaKeyOf({ code: 'zhengdong', key: 'zone=zhengdong' }))).toBe('/v1/campaigns/3/coverage?zone=zhengdong')
  })

  test('shades rise with the share done, and the map takes one per district', () => {
    expect([0, 0.49, 0.5, 0.81, 0.96, 1].map(shadeOf)).toEqual([SHADES[0], SHADES[0], SHADES[1], SHADES[2], SHADES[3], SHADES[4]])
    const { series } = cityMap('4101', [item({ code: 410105, nameZh: '金水区', standings: { ...NOBODY, sampled: 100 } })]) as { series: { data: unknown[] }[] }
    expect(series[0]?.data[0]).toMatchObject({ name: '金水区', itemStyle: { areaColor: SHADES[4] } })
  })

  test('a long progress is thinned and keeps its newest point', () => {
    expect(thinned([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7])
    expect(thinned([1, 2], 30)).toEqual([1, 2])
  })

  test('other times go to the area, the street or the community that was chosen', () => {
    const campaign = file({ areas: [{ area: { kind: 'district', code: 410105 }, nameZh: '金水区', windows: [] }, { area: { kind: 'zone', zone: 'zhengdong' }, nameZh: '郑东新区', windows: [] }] })
    const items = [
      item({ code: '410105004201', nameZh: '甲社区', streetName: '经八路街道', people: 30 }),
      item({ code: '410105004202', nameZh: '乙社区', streetName: '经八路街道', people: 12 }),
      item({ code: 410105006201, nameZh: '丙社区', streetName: '人民路街道', people: 5 }),
    ]
    expect(streetsOf(items)).toEqual([['410105004', '经八路街道'], ['410105006', '人民路街道']])
    const choose = (kind: 'area' | 'street' | 'community', area: string, place = '') => chosenScope({ kind, area, place }, campaign, items)
    expect(choose('area', '1')).toMatchObject({ body: { area: { zone: 'zhengdong' } }, name: '郑东新区' })
    expect(choose('street', '0', '410105004')).toMatchObject({ body: { street: 410105004 }, name: '经八路街道', people: 42 })
    expect(choose('community', '0', '410105006201')).toMatchObject({ body: { community: 410105006201 }, name: '丙社区', people: 5 })
    expect(choose('community', '0')).toBeNull()
    expect(choose('area', '')).toBeNull()
  })

  test('who has narrower times of their own is not counted among those whose times change', () => {
    const made = (number: number, scope: Refinement['scope']): Refinement => ({ number, scope, scopeName: '', windows: [], by: by(1, '00:00') })
    const campaign = file({
      areas: [{ area: { kind: 'district', code: 410105 }, nameZh: '金水区', windows: [] }],
      refinements: [
        made(1, { kind: 'area', district: 410105 }),
        made(2, { kind: 'community', code: 410105004201 }),
        made(3, { kind: 'street', code: 410105006 }),
        // One community under times of both counts once; one of another area not at all.
        made(4, { kind: 'community', code: 410105006201 }),
        made(5, { kind: 'community', code: 410102001201 }),
      ],
    })
    const items = [
      item({ code: '410105004201', people: 30 }),
      item({ code: '410105004202', people: 12 }),
      item({ code: '410105006201', people: 5 }),
      item({ code: '410105006202', people: 2 }),
    ]
    const counts = (kind: 'area' | 'street' | 'community', place = '') => chosenScope({ kind, area: '0', place }, campaign, items)
    expect(counts('area')).toMatchObject({ people: 12, unchanged: 37 })
    expect(counts('street', '410105004')).toMatchObject({ people: 12, unchanged: 30 })
    expect(counts('street', '410105006')).toMatchObject({ people: 2, unchanged: 5 })
    expect(counts('community', '410105004201')).toMatchObject({ people: 30, unchanged: 0 })
  })

  test('what is changed are the times that hold there now, by the narrowest that were made, the last among equals', () => {
    const times = (hour: number) => [{ from: `2022-01-05T0${hour}:00:00Z`, to: '2022-01-05T12:00:00Z' }]
    const made = (number: number, scope: Refinement['scope'], hour: number): Refinement => ({ number, scope, scopeName: '', windows: times(hour), by: by(1, '00:00') })
    const campaign = file({
      areas: [{ area: { kind: 'district', code: 410105 }, nameZh: '金水区', windows: times(1) }, { area: { kind: 'zone', zone: 'zhengdong' }, nameZh: '郑东新区', windows: times(2) }],
      refinements: [
        made(1, { kind: 'community', code: 410105004201 }, 3),
        made(2, { kind: 'street', code: 410105004 }, 4),
        made(3, { kind: 'area', district: 410105 }, 5),
        made(4, { kind: 'area', district: 410105 }, 6),
      ],
    })
    const now = (area: string, place = '') => windowsNow(campaign, { kind: 'area', area, place })
    expect(now('1')).toEqual(times(2))
    expect(now('0')).toEqual(times(6))
    expect(now('0', '410105004')).toEqual(times(4))
    expect(now('0', '410105004201')).toEqual(times(3))
    expect(now('0', '410105004202')).toEqual(times(4))
    expect(now('0', '410105009201')).toEqual(times(6))
    expect(now('')).toEqual([])
    expect(endsAtMs(campaign)).toBe(Date.parse('2022-01-05T12:00:00Z'))
    const later = [{ from: '2022-01-05T02:00:00Z', to: '2022-01-05T14:00:00Z' }]
    const extended = [...campaign.refinements, { ...made(5, { kind: 'street', code: 410105004 }, 4), windows: later }]
    expect(endsAtMs({ ...campaign, refinements: extended })).toBe(Date.parse('2022-01-05T14:00:00Z'))
    const takenBack = made(6, { kind: 'street', code: 410105004 }, 4)
    expect(endsAtMs({ ...campaign, refinements: [takenBack, ...extended] })).toBe(Date.parse('2022-01-05T12:00:00Z'))
    expect(endsAtMs(file())).toBe(0)
  })
})
