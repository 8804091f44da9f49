/// The pass of a flow under way: who was let in once need not queue again for the next step.
import { keepRecord, keptRecord } from './kept'

const KEPT = 'yimatong-pass'
/** No pass lives longer. */
const LIFE_MS = 15 * 60_000

interface Pass {
  text: string
  atMs: number
}

/** The pass in hand, or null if there is none that could still be good. */
export function heldPass(nowMs: number): string | null {
  const kept = keptRecord<Pass>(KEPT)
  const age = kept ? nowMs - kept.atMs : 0
  return kept && age >= 0 && age <= LIFE_MS ? kept.text : null
}

/** Keeps the newest pass; `null` forgets it. */
export function keepPass(text: string | null, nowMs: number): void {
  keepRecord(KEPT, text === null ? null : ({ text, atMs: nowMs } satisfies Pass))
}
