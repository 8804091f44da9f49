/// Who has to give a single sample before anything about a round is true of them: their pooled tube was positive.
import { useEffect } from 'preact/hooks'
import type { Code } from '../../api/types'
import { useValue } from '../../ui/value'
import { recallRelatives, relatives } from '../relatives_list'
import { holding } from '../state'

/** Persons of codes that still have the reason; a single negative test takes it away. */
export function resampleDue(codes: readonly Code[]): Set<string> {
  const due = codes.filter(({ reasons }) => reasons.some(({ code }) => code === 'pooled-positive'))
  return new Set(due.map(({ personId }) => personId))
}

/** Of the holder and of the relatives as this device knows them; nobody is asked. */
export function useResampleDue(): ReadonlySet<string> {
  const own = useValue(holding)?.code
  const known = useValue(relatives)
  useEffect(() => void recallRelatives(), [own?.personId])
  return resampleDue([...(own ? [own] : []), ...(known ?? []).map(({ code }) => code)])
}
