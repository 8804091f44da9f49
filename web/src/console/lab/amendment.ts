/// What an amendment of a tube's result changes for the people in the tube, and what is sent.
import type { Method, Outcome } from '../../api/types'
import type { TubeFile, TubeResult } from '../sampling/types'

/** Keys `effect-…` of the lab's texts. */
export type Effect =
  | 'same'
  | 'positiveWithdrawn'
  | 'negativeWithdrawn'
  | 'positivePooled'
  | 'positiveSingle'
  | 'negativeGiven'
  | 'nothingProven'

/** Of two people in a tube for one nobody knows whose the result is: it is judged as pooled. */
export function isSingle({ size, people }: Pick<TubeFile, 'size' | 'people'>): boolean {
  return size === 1 && people === 1
}

/** What changes when a result becomes another one. */
export function effectsOf(from: Outcome, to: Outcome, single: boolean): Effect[] {
  if (from === to) return ['same']
  const withdrawn: Effect[] = from === 'positive' ? ['positiveWithdrawn'] : from === 'negative' ? ['negativeWithdrawn'] : []
  if (to === 'positive') return [...withdrawn, single ? 'positiveSingle' : 'positivePooled']
  return [...withdrawn, to === 'negative' ? 'negativeGiven' : 'nothingProven']
}

export interface Amended {
  outcome: Outcome
  method: Method
  /** RFC 3339 */
  received: string
  reported: string
  institution: string
}

/** Whether anything but the remark differs; times to the minute, as they are typed. */
export function isChanged(latest: TubeResult, amended: Amended): boolean {
  const minute = (at: string) => Math.floor(Date.parse(at) / 60_000)
  return (
    amended.outcome !== latest.outcome ||
    amended.method !== latest.method ||
    amended.institution !== latest.institution ||
    minute(amended.received) !== minute(latest.received) ||
    minute(amended.reported) !== minute(latest.reported)
  )
}

/** The row as the server takes it. A time that was not touched keeps its seconds. */
export function amendmentBody(id: string, tube: string, latest: TubeResult, amended: Amended, remark: string) {
  const kept = (typed: string, before: string) => (Math.floor(Date.parse(typed) / 60_000) === Math.floor(Date.parse(before) / 60_000) ? before : typed)
  const times = { received: kept(amended.received, latest.received), reported: kept(amended.reported, latest.reported) }
  return { id, tube, ...amended, ...times, amends: latest.version, remark }
}
