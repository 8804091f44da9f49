/// Whether the holder has to give a single sample before anything about a round is true of them: their pooled tube was positive.
import type { Code } from '../../api/types'
import { useValue } from '../../ui/value'
import { holding } from '../state'
import { schedule } from './known'

/** As a code says: the server leaves the reason out for a case. */
export function resampleDue({ reasons }: Code): boolean {
  return reasons.some(({ code }) => code === 'pooled-positive')
}

/** Of the holder, where the code is newer than the schedule; null where the schedule knows better. */
export function useResampleDue(): boolean | null {
  const held = useValue(holding)
  const known = useValue(schedule.known)
  return held && known && held.checkedAt > known.learnedAtMs ? resampleDue(held.code) : null
}
