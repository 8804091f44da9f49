/// Whether the holder has to give a single sample before anything about a round is true of them: their pooled tube was positive.
import type { Code } from '../../api/types'
import { useValue } from '../../ui/value'
import { holding } from '../state'

/** As the code says, which may be newer than the schedule: a single negative test takes the reason away. */
export function resampleDue(code: Code | null | undefined): boolean | null {
  return code ? code.reasons.some((reason) => reason.code === 'pooled-positive') : null
}

/** Of the holder alone: what this device keeps of relatives' codes may be older than the schedule. */
export function useResampleDue(): boolean | null {
  return resampleDue(useValue(holding)?.code)
}
