/// Who has to give a single sample before anything about a round is true of them: their pooled tube was positive.
import type { Code } from '../../api/types'
import { useValue } from '../../ui/value'
import { holding } from '../state'

/** Persons of codes that still have the reason; a single negative test takes it away. */
export function resampleDue(codes: readonly Code[]): Set<string> {
  const due = codes.filter(({ reasons }) => reasons.some(({ code }) => code === 'pooled-positive'))
  return new Set(due.map(({ personId }) => personId))
}

/** Of the holder alone: what this device keeps of relatives' codes may be older than their single test. */
export function useResampleDue(): ReadonlySet<string> {
  const own = useValue(holding)?.code
  return resampleDue(own ? [own] : [])
}
