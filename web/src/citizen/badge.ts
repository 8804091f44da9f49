/// The 24/48/72 h badge, recomputed on the device as time passes.
import type { BadgeName, ClockReference, TestResult } from '../api/types'

const HOUR_MS = 3_600_000
const STEPS: readonly (readonly [number, BadgeName])[] = [
  [24, 'within-24h'],
  [48, 'within-48h'],
  [72, 'within-72h'],
]

/**
 * Badge of a result at `nowMs`. A whole number of hours still counts (48 h sharp is within 48 h); a result
 * from the future (a wrong clock) earns no fresh badge. Same edges as the server's clock.
 */
export function badgeOf(result: Pick<TestResult, ClockReference>, reference: ClockReference, nowMs: number): BadgeName {
  const hours = (nowMs - Date.parse(result[reference])) / HOUR_MS
  if (hours < 0) return 'older'
  return STEPS.find(([limit]) => hours <= limit)?.[1] ?? 'older'
}
