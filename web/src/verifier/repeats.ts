/// Codes this device has just read: a code held a moment longer is one visit, not two.
import type { Verdict } from '../credential/verdict'

/** The same bytes, or the same person with the same outcome, within this time are a re-read. */
export const REPEAT_MS = 60_000

export interface Seen {
  readonly text: string
  readonly verdict: Verdict
  readonly atMs: number
}

/** Remembers the scans of the last minute. Times in milliseconds. */
export class Repeats {
  private seen: Seen[] = []

  /** The earlier scan that this one repeats, or null. A changed outcome is never a repeat. */
  find(text: string, verdict: Verdict, nowMs: number): Seen | null {
    this.seen = this.seen.filter(({ atMs }) => nowMs - atMs < REPEAT_MS && atMs <= nowMs)
    return (
      this.seen.find(
        (one) =>
          one.verdict.outcome === verdict.outcome &&
          (one.text === text || (verdict.subject !== null && one.verdict.subject === verdict.subject)),
      ) ?? null
    )
  }

  /** Notes a scan that counts. */
  note(seen: Seen): void {
    this.seen.push(seen)
  }
}
