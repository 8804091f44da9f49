/// Results that are scanned tube by tube and posted in one batch. Ids are made once, so that posting again records nothing twice.
import type { Method, Outcome } from '../../api/types'
import type { TubeRowOutcome } from '../sampling/types'

/** `sent`: on its way, or its answer was lost. Until it is known, the row must stay as it was sent. */
export type RowState = 'new' | 'sent' | 'recorded' | 'duplicate' | 'rejected'

export interface TypedRow {
  /** UUID */
  id: string
  tube: string
  outcome: Outcome
  method: Method
  /** RFC 3339 */
  received: string
  reported: string
  institution: string
  remark: string
  state: RowState
  said?: Pick<TubeRowOutcome, 'problem' | 'detail' | 'detailZh' | 'people'>
}

/** Most rows of one call. */
export const MOST_ROWS = 1_000

export const isEditable = ({ state }: TypedRow): boolean => state === 'new' || state === 'rejected'
export const isOpen = ({ state }: TypedRow): boolean => state !== 'recorded' && state !== 'duplicate'

/** Adds a scanned tube, or says why not: a tube has one row, and a batch an end. */
export function withScan(rows: readonly TypedRow[], row: TypedRow): { rows: TypedRow[] } | { refused: 'twice' | 'full' } {
  if (rows.some(({ tube }) => tube === row.tube)) return { refused: 'twice' }
  if (rows.filter(isOpen).length >= MOST_ROWS) return { refused: 'full' }
  return { rows: [...rows, row] }
}

export function edited(rows: readonly TypedRow[], id: string, part: Partial<Pick<TypedRow, 'outcome' | 'remark'>>): TypedRow[] {
  return rows.map((row) => (row.id === id && isEditable(row) ? { ...row, ...part } : row))
}

export function removed(rows: readonly TypedRow[], id: string): TypedRow[] {
  return rows.filter((row) => row.id !== id || !isEditable(row))
}

/** What goes now: rows whose answer was lost go alone, so that nothing is changed between the two sendings. */
export function toPost(rows: readonly TypedRow[]): TypedRow[] {
  const lost = rows.filter(({ state }) => state === 'sent')
  return lost.length > 0 ? lost : rows.filter(isOpen)
}

/** The row as the server takes it. */
export function bodyOf({ id, tube, outcome, method, received, reported, institution, remark }: TypedRow) {
  return { id, tube, outcome, method, received, reported, institution, ...(remark.trim() ? { remark: remark.trim() } : {}) }
}

export function inState(rows: readonly TypedRow[], ids: ReadonlySet<string>, state: RowState): TypedRow[] {
  return rows.map((row) => (ids.has(row.id) ? { ...row, state } : row))
}

/** Enters what the server answered; rows it did not speak of stay as they are. */
export function settled(rows: readonly TypedRow[], items: readonly TubeRowOutcome[]): TypedRow[] {
  const byId = new Map(items.map((item) => [item.id, item]))
  return rows.map((row) => {
    const item = byId.get(row.id)
    if (!item) return row
    const { problem = null, detail = null, detailZh = null, people = null } = item
    return { ...row, state: item.status, said: { problem, detail, detailZh, people } }
  })
}

/** How many rows have each outcome, in the order given; outcomes without a row are left out. */
export function outcomeCounts(rows: readonly TypedRow[], outcomes: readonly Outcome[]): [Outcome, number][] {
  const counts = outcomes.map((outcome): [Outcome, number] => [outcome, rows.filter((row) => row.outcome === outcome).length])
  return counts.filter(([, n]) => n > 0)
}

/** Times of a scan: what was typed, else the moment of the scan; null if they cannot be. */
export function timesOf(received: string | null, reported: string | null, nowMs: number): { received: string; reported: string } | null {
  const now = new Date(nowMs).toISOString()
  const times = { received: received ?? reported ?? now, reported: reported ?? now }
  const [first, last] = [Date.parse(times.received), Date.parse(times.reported)]
  return first <= last && last <= nowMs + 300_000 ? times : null
}
