/// What a lab may post, when, and what an amendment changes.
import { expect, test } from 'vitest'
import { amendmentBody, effectsOf, isChanged, isSingle } from '../src/console/lab/amendment'
import { CSV, type ChosenFile, type DryRun, errorFileName, kindOf, MOST_BYTES, postObstacle, withMark, XLSX } from '../src/console/lab/import_file'
import { answered, nextBatch, withTube } from '../src/console/lab/receipt'
import { bodyOf, edited, inState, MOST_ROWS, outcomeCounts, removed, settled, timesOf, toPost, type TypedRow, withScan } from '../src/console/lab/typed_rows'
import type { TubeResult } from '../src/console/sampling/types'

const bytes = (...values: number[]) => new Uint8Array(values).buffer
const file = (name = 'a.csv'): ChosenFile => ({ name, bytes: bytes(1), type: CSV, key: 'k' })
const dryRun = (of: ChosenFile, recorded = 2): DryRun => ({
  file: of,
  institution: '西安市第三医院',
  answer: { dryRun: true, rows: 3, recorded, duplicates: 0, rejected: 1, people: 20, items: [], errors: null },
})

test('a file is known by its first bytes and not by its name', () => {
  expect(kindOf(bytes(0x50, 0x4b, 0x03, 0x04, 0))).toEqual({ type: XLSX })
  expect(kindOf(bytes(0xef, 0xbb, 0xbf, 0x61))).toEqual({ type: CSV })
  expect(kindOf(bytes(0x50))).toEqual({ type: CSV })
  expect(kindOf(bytes(0xd0, 0xcf, 0x11, 0xe0))).toEqual({ problem: 'oldExcel' })
  expect(kindOf(bytes())).toEqual({ problem: 'empty' })
  expect(kindOf(new ArrayBuffer(MOST_BYTES + 1))).toEqual({ problem: 'tooLarge' })
})

test('only the very file of the last dry run may be posted, for the same lab, and only if it has rows to post', () => {
  const chosen = file()
  expect(postObstacle(null, chosen, '西安市第三医院')).toBe('dryRunFirst')
  expect(postObstacle(dryRun(chosen), chosen, ' 西安市第三医院 ')).toBeNull()
  expect(postObstacle(dryRun(chosen), chosen, '西安市第四医院')).toBe('dryRunFirst')
  expect(postObstacle(dryRun(chosen), file(), '西安市第三医院')).toBe('dryRunFirst')
  expect(postObstacle(dryRun(chosen), null, '西安市第三医院')).toBe('dryRunFirst')
  expect(postObstacle(dryRun(chosen, 0), chosen, '西安市第三医院')).toBe('nothingToPost')
})

test('a download for Excel has one byte order mark, and a name that says what it is', () => {
  expect(withMark('错误')).toBe('\ufeff错误')
  expect(withMark('\ufeff错误')).toBe('\ufeff错误')
  expect(errorFileName('一月.五日.xlsx', '错误')).toBe('一月.五日-错误.csv')
  expect(errorFileName('.csv', 'errors')).toBe('results-errors.csv')
})

const row = (n: number, more: Partial<TypedRow> = {}): TypedRow => ({
  ...{ id: `id-${n}`, tube: `XA-000${n}`, outcome: 'negative', method: 'naat', received: 'r', reported: 'r', institution: '院', remark: '', state: 'new' },
  ...more,
})

test('a tube has one row, and a batch an end', () => {
  expect(withScan([row(1)], row(2))).toEqual({ rows: [row(1), row(2)] })
  expect(withScan([row(1, { state: 'recorded' })], row(1, { id: 'other' }))).toEqual({ refused: 'twice' })
  const full = Array.from({ length: MOST_ROWS }, (_, i) => row(i + 10))
  expect(withScan(full, row(1))).toEqual({ refused: 'full' })
  expect(withScan([...full.slice(1), row(2, { state: 'recorded' })], row(1))).toHaveProperty('rows')
})

test('a row that was sent stays as it was until there is an answer', () => {
  const rows = [row(1, { state: 'sent' }), row(2), row(3, { state: 'recorded' }), row(4, { state: 'rejected' })]
  for (const change of [edited(rows, 'id-1', { outcome: 'positive' }), removed(rows, 'id-1'), edited(rows, 'id-3', { remark: 'x' }), removed(rows, 'id-3')]) {
    expect(change).toEqual(rows)
  }
  expect(edited(rows, 'id-4', { outcome: 'positive' })[3]?.outcome).toBe('positive')
  expect(removed(rows, 'id-2')).toHaveLength(3)
  // Rows whose answer was lost go alone, the same as before.
  expect(toPost(rows).map(({ id }) => id)).toEqual(['id-1'])
  expect(toPost(inState(rows, new Set(['id-1']), 'duplicate')).map(({ id }) => id)).toEqual(['id-2', 'id-4'])
})

test('every row gets the answer with its id, and the others none', () => {
  const rows = settled(
    [row(1, { state: 'sent' }), row(2, { state: 'sent' }), row(3, { state: 'sent' })],
    [
      { id: 'id-2', status: 'rejected', problem: 'unknown-tube', detail: 'no samples' },
      { id: 'id-1', status: 'recorded', people: 10 },
    ],
  )
  expect(rows.map(({ state }) => state)).toEqual(['recorded', 'rejected', 'sent'])
  expect(rows[0]?.said?.people).toBe(10)
  expect(rows[1]?.said?.problem).toBe('unknown-tube')
})

test('what is sent of a row is what the contract has, and a remark only if there is one', () => {
  expect(Object.keys(bodyOf(row(1, { said: {} }))).sort()).toEqual(['id', 'institution', 'method', 'outcome', 'received', 'reported', 'tube'])
  expect(bodyOf(row(1, { remark: ' 复查 ' })).remark).toBe('复查')
  expect(outcomeCounts([row(1), row(2, { outcome: 'positive' }), row(3)], ['negative', 'positive', 'invalid'])).toEqual([
    ['negative', 2],
    ['positive', 1],
  ])
})

test('times default to the moment of the scan, in order and not in the future', () => {
  const nowMs = Date.parse('2022-01-05T06:00:00Z')
  const now = '2022-01-05T06:00:00.000Z'
  expect(timesOf(null, null, nowMs)).toEqual({ received: now, reported: now })
  expect(timesOf('2022-01-05T10:00:00+08:00', null, nowMs)).toEqual({ received: '2022-01-05T10:00:00+08:00', reported: now })
  expect(timesOf(null, '2022-01-05T10:00:00+08:00', nowMs)?.received).toBe('2022-01-05T10:00:00+08:00')
  expect(timesOf('2022-01-05T13:00:00+08:00', '2022-01-05T12:00:00+08:00', nowMs)).toBeNull()
  expect(timesOf(null, '2022-01-05T15:00:00+08:00', nowMs)).toBeNull()
})

test('an amendment says what is withdrawn and what comes instead', () => {
  expect(effectsOf('negative', 'negative', false)).toEqual(['same'])
  expect(effectsOf('negative', 'positive', false)).toEqual(['negativeWithdrawn', 'positivePooled'])
  expect(effectsOf('negative', 'positive', true)).toEqual(['negativeWithdrawn', 'positiveSingle'])
  expect(effectsOf('positive', 'negative', true)).toEqual(['positiveWithdrawn', 'negativeGiven'])
  expect(effectsOf('positive', 'invalid', false)).toEqual(['positiveWithdrawn', 'nothingProven'])
  expect(effectsOf('invalid', 'negative', false)).toEqual(['negativeGiven'])
  // Two people in a tube for one: nobody knows whose the result is.
  expect([isSingle({ size: 1, people: 1 }), isSingle({ size: 1, people: 2 }), isSingle({ size: 5, people: 1 })]).toEqual([true, false, false])
})

test('an amendment names the version, and a time that was not touched keeps its seconds', () => {
  const latest: TubeResult = {
    ...{ version: 2, id: 'x', outcome: 'negative', method: 'naat', received: '2022-01-05T02:00:30Z', reported: '2022-01-05T06:00:45Z' },
    ...{ institution: '院', posted: '2022-01-05T06:01:00Z', staffId: 6 },
  }
  const typed = { outcome: 'negative' as const, method: 'naat' as const, received: '2022-01-05T10:00:00+08:00', reported: '2022-01-05T14:00:00+08:00', institution: '院' }
  expect(isChanged(latest, typed)).toBe(false)
  expect(isChanged(latest, { ...typed, reported: '2022-01-05T14:01:00+08:00' })).toBe(true)
  expect(amendmentBody('new', 'XA-1', latest, { ...typed, outcome: 'positive' }, '看错行')).toEqual({
    ...{ id: 'new', tube: 'XA-1', outcome: 'positive', method: 'naat', received: latest.received, reported: latest.reported },
    ...{ institution: '院', amends: 2, remark: '看错行' },
  })
})

test('scanned tubes are told once, in the order of the scans', () => {
  let tubes = ['A-1', 'B-2', 'A-1', 'C-3'].reduce(withTube, [] as ReturnType<typeof withTube>)
  expect(tubes.map(({ tube }) => tube)).toEqual(['C-3', 'A-1', 'B-2'])
  expect(nextBatch(tubes)).toEqual(['B-2', 'A-1', 'C-3'])
  tubes = answered(tubes, [
    { id: 'A-1', status: 'recorded' },
    { id: 'B-2', status: 'rejected', problem: 'x' },
    { id: 'C-3', status: 'duplicate' },
  ])
  expect(nextBatch(tubes)).toEqual([])
  // Only what was refused is told again when it is scanned again.
  expect(nextBatch(withTube(withTube(tubes, 'B-2'), 'A-1'))).toEqual(['B-2'])
})
