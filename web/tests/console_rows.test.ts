/// Pasted result rows: what is accepted, and every error by line.
import { expect, test } from 'vitest'
import { instant, parseRows } from '../src/console/result_rows'
import { mayIssuePaper, mayOpenFile, toolsOf } from '../src/console/tools'

const good =
  'resident-id, 34052419800101001x, 2022-01-05 10:00, 2022-01-05 14:00, 2022-01-05T20:00:00+08:00, negative, pooled, naat, 西安市第三医院'
const ids = () => {
  let next = 0
  return () => `id-${next++}`
}

test('a good row becomes what the server takes', () => {
  const { rows, errors } = parseRows(`\n${good}\n\n`, ids())
  expect(errors).toEqual([])
  expect(rows).toEqual([
    {
      id: 'id-0',
      document: { kind: 'resident-id', number: '34052419800101001X' },
      sampled: '2022-01-05T10:00:00+08:00',
      received: '2022-01-05T14:00:00+08:00',
      reported: '2022-01-05T20:00:00+08:00',
      outcome: 'negative',
      tube: 'pooled',
      method: 'naat',
      institution: '西安市第三医院',
    },
  ])
})

test('rows copied from a spreadsheet come with tabs', () => {
  expect(parseRows(good.replaceAll(', ', '\t'), ids()).rows).toHaveLength(1)
})

test('every error names its line', () => {
  const text = [good, 'too,few', good.replace('negative', 'fine'), good.replace('2022-01-05 10:00', 'yesterday')].join('\n')
  const { rows, errors } = parseRows(text, ids())
  expect(rows).toHaveLength(1)
  expect(errors.map(({ line, code }) => [line, code])).toEqual([
    [2, 'columns'],
    [3, 'badWord'],
    [4, 'badTime'],
  ])
})

test('more rows than the server takes at once are refused here', () => {
  const { errors } = parseRows(Array(1001).fill(good).join('\n'), ids())
  expect(errors.map(({ code }) => code)).toEqual(['tooMany'])
})

test('a time without a zone is city time and an impossible one is none', () => {
  expect(instant('2022-01-05T10:00')).toBe('2022-01-05T10:00:00+08:00')
  expect(instant('2022-01-05T10:00:00Z')).toBe('2022-01-05T10:00:00Z')
  expect(instant('2022-13-05 10:00')).toBeNull()
  expect(instant('10:00')).toBeNull()
})

test('only a community worker may issue paper codes, and a lab sees no files', () => {
  expect(mayIssuePaper('community-worker')).toBe(true)
  expect(mayIssuePaper('headquarters')).toBe(false)
  expect(mayOpenFile('lab')).toBe(false)
  expect(toolsOf('auditor')).toEqual(['audit'])
})
