/// Whether the holder has to give a single sample before anything about a round is true of them: their pooled tube was positive.
import type { Code } from '../../api/types'
import { useValue } from '../../ui/value'
import { holding } from '../state'
import { schedule } from './known'

/** Whoever is a case already is not asked for another sample. */
const CASES = ['single-positive', 'confirmed', 'asymptomatic']

/** As a code says; the server's schedule goes by the same rule. */
export function resampleDue({ reasons }: Code): boolean {
  const has = (...codes: string[]) => reasons.some(({ code }) => codes.includes(code))
  return has('pooled-positive') && !has(...CASES)
}

/** Of the holder, where the code is newer than the schedule; null where the schedule knows better. */
export function useResampleDue(): boolean | null {
  const held = useValue(holding)
  const known = useValue(schedule.known)
  return held && known && held.checkedAt > known.learnedAtMs ? resampleDue(held.code) : null
}
