/// A lab's file of results before and after it is sent: what it is, what may be posted, what is downloaded.
import type { TubeRowOutcome } from '../sampling/types'

/** Most bytes the server takes. */
export const MOST_BYTES = 4 * 1024 * 1024
export const CSV = 'text/csv'
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A row that was refused; `line` counts the header as 1. */
export interface RefusedRow extends Omit<TubeRowOutcome, 'id'> {
  line: number
}

/** Answer to an import. */
export interface ImportAnswer {
  dryRun: boolean
  rows: number
  recorded: number
  duplicates: number
  rejected: number
  /** People who get, or got, a result. */
  people: number
  /** Only the rows that are refused. */
  items: RefusedRow[]
  /** The refused rows as CSV with a column that says what is wrong; null if there is none. */
  errors: string | null
}

/** A file whose bytes were read once: what is posted is what was checked, even if the file changes on the disk. */
export interface ChosenFile {
  name: string
  bytes: ArrayBuffer
  type: typeof CSV | typeof XLSX
  /** Of the posting for real: pressing again after a lost answer is the same operation. */
  key: string
}

export type FileProblem = 'tooLarge' | 'empty' | 'oldExcel'

const starts = (bytes: ArrayBuffer, magic: readonly number[]) => {
  const head = new Uint8Array(bytes, 0, Math.min(magic.length, bytes.byteLength))
  return magic.every((byte, i) => head[i] === byte)
}

/** Kind of a file by its first bytes (names lie), or why it is of no use. */
export function kindOf(bytes: ArrayBuffer): { type: ChosenFile['type'] } | { problem: FileProblem } {
  if (bytes.byteLength === 0) return { problem: 'empty' }
  if (bytes.byteLength > MOST_BYTES) return { problem: 'tooLarge' }
  if (starts(bytes, [0xd0, 0xcf, 0x11, 0xe0])) return { problem: 'oldExcel' }
  return { type: starts(bytes, [0x50, 0x4b, 0x03, 0x04]) ? XLSX : CSV }
}

/** What a dry run was made of. */
export interface DryRun {
  file: ChosenFile
  institution: string
  answer: ImportAnswer
}

export type PostObstacle = 'dryRunFirst' | 'nothingToPost'

/** Why the file may not be posted for real now; null if it may. Only the very file, for the very lab, of the last dry run. */
export function postObstacle(dry: DryRun | null, file: ChosenFile | null, institution: string): PostObstacle | null {
  if (!dry || dry.file !== file || dry.institution !== institution.trim()) return 'dryRunFirst'
  return dry.answer.recorded > 0 ? null : 'nothingToPost'
}

const BOM = '\ufeff'

/** CSV text for Excel: without the mark it takes Chinese for another encoding. */
export function withMark(csv: string): string {
  return csv.startsWith(BOM) ? csv : BOM + csv
}

/** `results.xlsx` -> `results-errors.csv` in the page's language. */
export function errorFileName(name: string, word: string): string {
  return `${name.replace(/\.[^.]*$/, '') || 'results'}-${word}.csv`
}

/** Columns of the contract; no sample row, because somebody would post it. */
export const TEMPLATE = '试管码,结果,方法,接收时间,报告时间,编号,更正版本,备注\r\n'
