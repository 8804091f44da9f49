/// When a queue that failed is tried again.

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** Pause before the next try after `failures` in a row: full jitter under a doubling ceiling. */
export function pauseMs(failures: number, random: () => number): number {
  return random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures)
}

/** Whether a pause until `untilMs` still holds. A clock that was set back must not hold it for days. */
export function isPaused(untilMs: number, nowMs: number, longestMs = LONGEST_PAUSE_MS): boolean {
  return nowMs < untilMs && untilMs - nowMs <= longestMs
}
