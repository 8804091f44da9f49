/// Rows of test results pasted from a table, checked before anything is sent.
import type { DocumentInput, Method, Outcome, TestResult, Tube } from '../api/types'
import { canonicalNumber } from '../ui/resident_id'
import { KINDS } from './kinds'

/** One row as the server takes it. */
export interface ResultRow extends TestResult {
  /** UUID; a repeat is a duplicate */
  id: string
  document: DocumentInput
}

/** Why a line was not understood; `code` is a key of the console's texts. */
export interface RowError {
  line: number
  code: 'columns' | 'badTime' | 'badWord' | 'tooMany'
  values: Record<string, string | number>
}

export const OUTCOMES: readonly Outcome[] = ['negative', 'positive', 'indeterminate', 'invalid']
export const TUBES: readonly Tube[] = ['single', 'pooled']
export const METHODS: readonly Method[] = ['naat', 'antigen']
const COLUMNS = 9
const MOST_ROWS = 1_000

/** `2022-01-05 10:00` in city time, or RFC 3339 with its own zone; null if it is neither. */
export function instant(text: string): string | null {
  const local = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2})?$/.exec(text)
  const rfc3339 = local ? `${local[1]}T${local[2]}${local[3] ?? ':00'}+08:00` : text
  if (!/T.*(Z|[+-]\d{2}:\d{2})$/.test(rfc3339)) return null
  return Number.isNaN(Date.parse(rfc3339)) ? null : rfc3339
}

class Refused extends Error {
  readonly code: RowError['code']
  readonly values: RowError['values']
  constructor(code: RowError['code'], values: RowError['values']) {
    super(code)
    this.code = code
    this.values = values
  }
}

function oneOf<T extends string>(value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value.toLowerCase())
  if (!found) throw new Refused('badWord', { value })
  return found
}

function time(value: string): string {
  const found = instant(value)
  if (!found) throw new Refused('badTime', { value })
  return found
}

function parseLine(text: string, id: string): ResultRow {
  const cells = text.split(text.includes('\t') ? '\t' : /[,，]/).map((cell) => cell.trim())
  if (cells.length !== COLUMNS) throw new Refused('columns', { n: cells.length })
  const [kind, number, sampled, received, reported, outcome, tube, method, institution] = cells as [
    string, string, string, string, string, string, string, string, string,
  ]
  return {
    id,
    document: { kind: oneOf(kind, KINDS), number: canonicalNumber(number) },
    sampled: time(sampled),
    received: time(received),
    reported: time(reported),
    outcome: oneOf(outcome, OUTCOMES),
    tube: oneOf(tube, TUBES),
    method: oneOf(method, METHODS),
    institution,
  }
}

/** Parses pasted text; empty lines are skipped. `makeId` gives a UUID per row. */
export function parseRows(text: string, makeId: () => string): { rows: ResultRow[]; errors: RowError[] } {
  const rows: ResultRow[] = []
  const errors: RowError[] = []
  text.split(/\r?\n/).forEach((line, i) => {
    if (!line.trim()) return
    try {
      rows.push(parseLine(line, makeId()))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      errors.push({ line: i + 1, code: error.code, values: error.values })
    }
  })
  if (rows.length > MOST_ROWS) errors.push({ line: MOST_ROWS + 1, code: 'tooMany', values: {} })
  return { rows, errors }
}
