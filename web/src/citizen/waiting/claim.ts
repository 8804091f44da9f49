/// How long a called person may still take to come.

/** Time left in ms; below zero once it is over. */
export function claimLeftMs(called: { calledAtMs: number | null; now: { claimS: number } }, nowMs: number): number {
  const claimMs = called.now.claimS * 1000
  // A clock that was set back does not lend time.
  return Math.min(claimMs, (called.calledAtMs ?? nowMs) + claimMs - nowMs)
}
