/// Small decisions of the gate: faces, re-reads, handheld scanners, document look-ups, reasons in words.
import { expect, test } from 'vitest'
import { REASONS, type Verdict, openVerdict } from '../src/credential/verdict'
import { GATE_RULE } from '../src/credential/venue_rule'
import { setLang } from '../src/i18n/lang'
import { verdictOfAnswer } from '../src/verifier/document_check'
import { type Database } from '../src/offline/database'
import { faceOf } from '../src/verifier/face'
import { Gate } from '../src/verifier/gate'
import { reasonText } from '../src/trust/reason_texts'
import { Repeats } from '../src/verifier/repeats'
import { failureOf } from '../src/scanner/camera'
import { KeyCollector } from '../src/scanner/handheld'
import { testBadge } from '../src/verifier/test_badge'

const verdict = (change: Partial<Verdict>): Verdict => ({ ...openVerdict(), subject: 'a', ...change })

test('cannot check is another face than refuse and than check by hand', () => {
  expect(faceOf({ outcome: 'check-by-hand', reasons: ['unknown-key'] })).toBe('cannot-check')
  expect(faceOf({ outcome: 'check-by-hand', reasons: ['colour-yellow', 'status-list-stale'] })).toBe('by-hand')
  expect(faceOf({ outcome: 'refuse', reasons: ['bad-signature'] })).toBe('refuse')
  expect(faceOf({ outcome: 'allow', reasons: ['check-document'] })).toBe('allow')
})

test('a re-read within a minute is one visit; a changed outcome never is', () => {
  const repeats = new Repeats()
  repeats.note({ text: 'T1', verdict: verdict({}), atMs: 1_000 })
  expect(repeats.find('T1', verdict({}), 30_000)).not.toBeNull()
  expect(repeats.find('T2', verdict({}), 30_000)).not.toBeNull()
  expect(repeats.find('T2', verdict({ subject: 'b' }), 30_000)).toBeNull()
  expect(repeats.find('T1', verdict({ outcome: 'refuse' }), 30_000)).toBeNull()
  expect(repeats.find('T1', verdict({}), 61_001)).toBeNull()
})

test('a handheld scanner is heard without a focused field, stray keys and other barcodes are not', () => {
  const keys = new KeyCollector()
  const type = (text: string, everyMs: number) =>
    [...text, 'Enter'].reduce<string | null>((_last, key, i) => keys.press(key, i * everyMs), null)
  expect(type('YMT1:A B%', 5)).toBe('YMT1:A B%')
  expect(type('YMT1:A B%', 1_500)).toBeNull()
  expect(type('6901234567892', 5)).toBeNull()
})

test('a space in the middle of a scan is part of it, one alone is a press of a button', () => {
  const keys = new KeyCollector()
  expect(keys.isCollecting(0)).toBe(false)
  keys.press('Y', 0)
  expect([keys.isCollecting(5), keys.isCollecting(2_000)]).toEqual([true, false])
  keys.press('Enter', 10)
  expect(keys.isCollecting(11)).toBe(false)
})

test('every camera failure has its own advice', () => {
  const named = (name: string) => Object.assign(new Error(name), { name })
  expect(failureOf(named('NotAllowedError'))).toBe('denied')
  expect(failureOf(named('NotFoundError'))).toBe('absent')
  expect(failureOf(named('NotReadableError'))).toBe('busy')
  expect(failureOf(named('TypeError'))).toBe('unsupported')
})

test('a document look-up is judged by the same venue rule as a code', () => {
  const answer = {
    name: '张*三',
    documentTail: '0018',
    colour: 'green',
    test: { sampled: '2022-01-01T08:00:00+08:00', reported: '2022-01-01T20:00:00+08:00', outcome: 'negative', institution: 'x' },
    vaccine: null,
    subject: 'c3ViamVjdCAwMDAwMDAwMQ',
    asOf: '2022-01-05T08:00:00+08:00',
  } as const
  const now = Date.parse('2022-01-05T08:00:10+08:00')
  expect(verdictOfAnswer(answer, GATE_RULE, now).outcome).toBe('allow')
  const strict = verdictOfAnswer(answer, { ...GATE_RULE, requireNegativeWithinH: 48 }, now)
  expect([strict.outcome, strict.reasons]).toEqual(['refuse', ['test-too-old']])
  expect(strict.ages.statusListS).toBe(10)
})

test('a test has the smallest badge it still deserves', () => {
  const at = (ageH: number) => testBadge({ sampled: 0, reported: 0, outcome: 'negative', institution: '' }, ageH * 3600)
  expect([at(1), at(24), at(25), at(72), at(73), at(-1)]).toEqual([24, 24, 48, 72, null, null])
})

test('every reason has a sentence in both languages', () => {
  globalThis.document ??= { documentElement: {} } as Document
  for (const lang of ['zh', 'en'] as const) {
    setLang(lang)
    for (const reason of REASONS) expect(reasonText(reason).length).toBeGreaterThan(1)
  }
})

test('a gate whose memory can not be read still opens', async () => {
  const broken = () => Promise.reject(new DOMException('lost', 'UnknownError'))
  const db = { get: broken, put: broken, delete: broken, entries: broken, durable: true } as unknown as Database
  const gate = new Gate(db, { nowMs: () => 0, random: () => 0 })
  await gate.load()
  expect(gate.settings.session.value).toBeNull()
})
