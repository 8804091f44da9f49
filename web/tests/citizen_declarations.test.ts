/// A declaration before it is sent: what is asked, what is wrong with it in which words, the request, and small pictures.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { ScheduleItem } from '../src/api/resident'
import { asksSampled, bodyOf, canonicalCertificate, certificateError, choicesFor, type Draft, EMPTY, errorsOf, NO_ROUND, roundOf, roundsFor, SELF, UNCHOSEN } from '../src/citizen/declarations/draft'
import { firstThatFits, fitted, MOST_BYTES, planFor, prepareUpload, STEPS } from '../src/citizen/declarations/picture'

const NOW = Date.parse('2022-01-05T12:00:00+08:00')
const draft = (more: Partial<Draft>): Draft => ({ ...EMPTY, ...more })
const vectors = JSON.parse(readFileSync(fileURLToPath(new URL('../../testdata/credential/vectors.json', import.meta.url)), 'utf8')) as {
  cases: { name: string; text: string }[]
}
const CERTIFICATE = vectors.cases.find(({ name }) => name.startsWith('own: a negative'))?.text ?? ''

describe('certificate', () => {
  test('a real one is taken, also as it is pasted from a mail', () => {
    expect(certificateError(CERTIFICATE)).toBeNull()
    const wrapped = ` \n${CERTIFICATE.slice(0, 60)}\r\n${CERTIFICATE.slice(60)}\n`
    expect(canonicalCertificate(wrapped)).toBe(CERTIFICATE)
    expect(certificateError(wrapped)).toBeNull()
  })

  test.each([
    ['', 'textMissing'],
    ['  \n', 'textMissing'],
    ['https://example.org/x', 'textForeign'],
    ['YMT1:ABC', 'textOwnCode'],
    ['HC2:NCF', 'textVersion'],
    ['HC1:NCFX', 'textCut'],
    ['HC1:ncf', 'textCut'],
  ])('%j: %s', (text, key) => {
    expect(certificateError(text)).toBe(key)
  })
})

describe('form', () => {
  test('each kind offers what can prove it, and the time is asked only where no certificate tells it', () => {
    expect(choicesFor('outside-city')).toEqual(['eu-dcc', 'upload', 'none'])
    expect(choicesFor('vaccinated')).toEqual(['none', 'upload'])
    expect(choicesFor('at-work')).toEqual(['none'])
    expect(asksSampled(draft({ kind: 'outside-city', evidence: 'eu-dcc' }))).toBe(false)
    expect(asksSampled(draft({ kind: 'outside-city', evidence: 'none' }))).toBe(true)
    expect(asksSampled(draft({ kind: 'vaccinated', evidence: 'upload' }))).toBe(false)
  })

  test.each<[string, Partial<Draft>, Record<string, string>]>([
    ['nothing is needed', { kind: 'at-work' }, {}],
    ['no time', { kind: 'outside-city', evidence: 'none' }, { sampled: 'sampledMissing' }],
    ['a time to come', { kind: 'outside-city', evidence: 'none', sampled: '2022-01-05T12:01' }, { sampled: 'sampledFuture' }],
    ['a time past', { kind: 'outside-city', evidence: 'none', sampled: '2022-01-05T11:59' }, {}],
    ['no certificate', { kind: 'outside-city', evidence: 'eu-dcc' }, { 'evidence.text': 'textMissing' }],
    ['no kind: nothing is declared by a tap', {}, { kind: 'kindMissing' }],
    ['no round of several', { kind: 'at-work', round: UNCHOSEN }, { campaign: 'roundMissing' }],
    ['no picture', { kind: 'vaccinated', evidence: 'upload' }, { 'evidence.data': 'uploadMissing' }],
  ])('%s', (_name, more, errors) => {
    expect(errorsOf(draft(more), NOW)).toEqual(errors)
  })

  test('the request has what belongs to it and nothing else', () => {
    const upload = { mediaType: 'image/jpeg', data: 'AAAA', name: 'x.jpg', bytes: 3 }
    const typed = { sampled: '2022-01-05T10:00', text: ` ${CERTIFICATE}\n`, upload }
    expect(bodyOf(draft({ ...typed, kind: 'at-work', round: '3' }))).toEqual({ campaign: 3, kind: 'at-work', evidence: { kind: 'none' } })
    expect(bodyOf(draft({ ...typed, kind: 'outside-city', evidence: 'eu-dcc', whose: '7' }))).toEqual({
      ...{ kind: 'outside-city', relative: '7', evidence: { kind: 'eu-dcc', text: CERTIFICATE } },
    })
    expect(bodyOf(draft({ ...typed, kind: 'outside-city', evidence: 'upload' }))).toEqual({
      ...{ kind: 'outside-city', sampled: '2022-01-05T02:00:00.000Z' },
      evidence: { kind: 'upload', mediaType: 'image/jpeg', data: 'AAAA' },
    })
  })
})

describe('round', () => {
  const at = (hour: number) => new Date(NOW + hour * 3_600_000).toISOString()
  const round = (number: number, from: number, to: number, more: Partial<ScheduleItem> = {}): ScheduleItem => ({
    ...{ number, id: 'r', nameZh: '轮', nameEn: 'Round', state: 'running', person: { personId: '1', name: '张*' }, standing: 'open' },
    ...{ windows: [{ from: at(from), to: at(to) }], atWork: false, declarable: true, noticeZh: '', noticeEn: '', points: [], ...more },
  })
  const numbers = (rounds: ScheduleItem[]) => rounds.map(({ number }) => number)
  const child = { person: { personId: '7', name: '李*', relation: 'child' } }

  test('only those that can still be declared for are offered, those on now first, by person', () => {
    const items = [round(2, 5, 9), round(3, -1, 5), round(5, -1, 5, { standing: 'not-included' }), round(6, -1, 5, child), round(7, -1, 5, { windows: [] })]
    expect(numbers(roundsFor(SELF, items, NOW))).toEqual([3, 2])
    expect(numbers(roundsFor('7', items, NOW))).toEqual([6])
  })

  test('a round that still runs is offered after the person’s own time as well, the last, until the reason is given', () => {
    const asked = round(4, -9, -1, { state: 'closing' })
    const given = round(8, -9, -1, { state: 'closing', declarable: false })
    expect(numbers(roundsFor(SELF, [round(1, -9, -1), asked, given, round(2, 5, 9), round(3, -1, 5)], NOW))).toEqual([3, 2, 1, 4])
    expect(numbers(roundsFor(SELF, [round(1, -9, -1)], NOW))).toEqual([1])
  })

  test('the only one is the one meant, of several the person chooses, and a choice that is gone is asked again', () => {
    const [one, two] = [round(1, -1, 5), round(2, 5, 9)]
    expect(roundOf(undefined, [])).toBe(NO_ROUND)
    expect(roundOf(undefined, [one])).toBe('1')
    expect(roundOf(undefined, [one, two])).toBe(UNCHOSEN)
    expect(roundOf('2', [one, two])).toBe('2')
    expect(roundOf(NO_ROUND, [one, two])).toBe(NO_ROUND)
    expect(roundOf('9', [one, two])).toBe(UNCHOSEN)
  })
})

describe('picture', () => {
  test.each([
    ['image/jpeg', 8_000_000, 'redraw'],
    ['image/jpeg', 1_000, 'redraw'],
    ['image/heic', 3_000_000, 'redraw'],
    ['application/pdf', MOST_BYTES, 'as-is'],
    ['application/pdf', MOST_BYTES + 1, 'pdf-too-large'],
    ['text/html', 10, 'not-a-picture'],
    ['', 10, 'not-a-picture'],
    ['image/png', 0, 'empty'],
  ])('%s of %i bytes: %s', (type, size, plan) => {
    expect(planFor({ type, size })).toBe(plan)
  })

  test('the first size that fits is taken, and no more are drawn', async () => {
    const drawn: number[] = []
    const draw = async (side: number, quality: number) => {
      drawn.push(side)
      return new Blob([new Uint8Array(Math.round(side * side * quality * 0.25))])
    }
    const blob = await firstThatFits(draw)
    expect(blob?.size).toBeLessThanOrEqual(MOST_BYTES)
    expect(drawn).toEqual([1800, 1600, 1600, 1200, 1000].slice(0, drawn.length))
    expect(await firstThatFits(async () => new Blob([new Uint8Array(MOST_BYTES + 1)]))).toBeNull()
    expect(await firstThatFits(async () => null)).toBeNull()
  })

  test('each step is smaller than the one before, and a picture is never made larger', () => {
    const sizes = STEPS.map(([side, quality]) => side * side * quality)
    expect([...sizes].sort((a, b) => b - a)).toEqual(sizes)
    expect(fitted(4000, 3000, 1600)).toEqual({ width: 1600, height: 1200 })
    expect(fitted(300, 900, 1600)).toEqual({ width: 300, height: 900 })
    expect(fitted(10_000, 1, 800)).toEqual({ width: 800, height: 1 })
  })

  test('a file the browser cannot read as a picture is refused for that', async () => {
    expect(await prepareUpload(new File(['x'], 'x.jpg', { type: 'image/jpeg' }))).toBe('unreadable')
    expect(await prepareUpload(new File([], 'x.jpg', { type: 'image/jpeg' }))).toBe('empty')
    const pdf = new File(['%PDF-'], 'x.pdf', { type: 'application/pdf' })
    expect(await prepareUpload(pdf)).toEqual({ mediaType: 'application/pdf', bytes: pdf })
  })
})
