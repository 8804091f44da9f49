/// Results on the device: which samples wait, how long a proof is kept, the pictures of a certificate's QR code.
import { expect, test, vi } from 'vitest'
import type { HistoryResult, Proof, Sample } from '../src/api/resident'
import { correctionText } from '../src/citizen/results/correction'
import { pendingOf } from '../src/citizen/results/pending'
import { isSettled } from '../src/citizen/results/settled'
import { qrPath } from '../src/ui/qr'

const NOW = Date.parse('2022-01-05T12:00:00+08:00')
const ago = (hours: number) => new Date(NOW - hours * 3_600_000).toISOString()
const sample = (id: string, hours: number, more: Partial<Sample> = {}): Sample => ({ id, sampled: ago(hours), tube: `T${id}`, size: 10, ...more })
const result = (sampled: string, more: Partial<HistoryResult> = {}): HistoryResult => ({
  ...{ id: 'r', sampled, received: sampled, reported: sampled, outcome: 'negative', tube: 'pooled', method: 'naat', institution: 'lab' },
  ...more,
})
const ids = (samples: Sample[]) => samples.map(({ id }) => id)

test('a sample waits until its tube has a result, whatever the result says', () => {
  const samples = [sample('a', 5), sample('b', 2), sample('c', 9)]
  expect(ids(pendingOf(samples, [], NOW))).toEqual(['b', 'a', 'c'])
  const known = [result(ago(5), { tubeBarcode: 'Ta' }), result(ago(9), { tubeBarcode: 'Tc', outcome: 'invalid' })]
  expect(ids(pendingOf(samples, known, NOW))).toEqual(['b'])
})

test('a result that names no tube is told by its time, and another tube’s is not', () => {
  const samples = [sample('a', 5)]
  expect(pendingOf(samples, [result(samples[0]?.sampled ?? '')], NOW)).toEqual([])
  expect(ids(pendingOf(samples, [result(ago(5), { tubeBarcode: 'other' })], NOW))).toEqual(['a'])
})

test('what was undone, or is older than three days, waits for nothing', () => {
  expect(pendingOf([sample('a', 5, { undone: ago(4) }), sample('b', 72.1)], [], NOW)).toEqual([])
  expect(ids(pendingOf([sample('b', 72)], [], NOW))).toEqual(['b'])
})

test('a positive pool says what to do only until a tube of the person’s own has told more', () => {
  const pool = result(ago(9), { outcome: 'positive' })
  const single = (hours: number, more: Partial<HistoryResult> = {}) => result(ago(hours), { id: 's', tube: 'single', ...more })
  expect(isSettled(pool, [pool, single(10), single(3, { outcome: 'invalid' }), result(ago(2))])).toBe(false)
  expect(isSettled(pool, [single(3), pool])).toBe(true)
  expect(isSettled(pool, [single(3, { outcome: 'positive' }), pool])).toBe(true)
  const positive = single(3, { outcome: 'positive' })
  expect(isSettled(positive, [single(1), positive])).toBe(false)
})

test('a corrected result says when it was corrected and what it was before, in city time and both languages', () => {
  const corrected = { at: '2022-11-26T11:05:09Z', formerOutcome: 'negative' } as const
  const positive = result(ago(5), { outcome: 'positive', corrected })
  expect(correctionText(positive, 'zh')).toBe('已更正：检测机构于 2022-11-26 19:05 更正，原结果为阴性。')
  expect(correctionText(positive, 'en')).toBe('Corrected by the lab on 2022-11-26 19:05; it was “Negative” before.')
  const former = result(ago(5), { corrected: { ...corrected, formerOutcome: 'invalid' } })
  expect(correctionText(former, 'zh')).toBe('已更正：检测机构于 2022-11-26 19:05 更正，原结果为样本无效。')
})

test('a result that was never corrected says nothing of it', () => {
  expect(correctionText(result(ago(5)), 'zh')).toBe('')
  expect(correctionText(result(ago(5), { corrected: null }), 'en')).toBe('')
})

test('a proof is kept for 72 hours by the city’s clock', async () => {
  vi.stubGlobal('localStorage', undefined)
  const { isFresh, isKept } = await import('../src/citizen/results/proofs')
  const proof = { result: result(ago(72), { reported: ago(60) }) } as Proof
  expect(isKept(proof, 'sampled', NOW)).toBe(true)
  expect(isKept(proof, 'sampled', NOW + 1)).toBe(false)
  expect(isKept(proof, 'reported', NOW + 1)).toBe(true)
  expect([0, 599_999, 600_000, -1].map((ageMs) => isFresh({ proof, loadedAtMs: NOW }, NOW + ageMs))).toEqual([true, true, false, false])
})

test('the picture of a certificate has a quiet zone of white and black modules only', async () => {
  const { qrSvg } = await import('../src/citizen/results/qr_image')
  const svg = qrSvg('HC1:NCF+80780T9WTWGSLKC 4', 'Q')
  const { side, path } = qrPath('HC1:NCF+80780T9WTWGSLKC 4', 'Q')
  expect(svg).toContain(`viewBox="0 0 ${side} ${side}"`)
  expect(svg).toContain(`<path fill="#fff" d="M0 0h${side}v${side}H0z"/><path fill="#000" d="${path}"/>`)
})
