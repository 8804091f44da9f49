/// How long a called person may still take to come.

/** Time left in ms; below zero once it is over. */
export function claimLeftMs(called: { calledAtMs: number | null; now: { claimS: number } }, nowMs: number): number {
  return (called.calledAtMs ?? nowMs) + called.now.claimS * 1000 - nowMs
}
