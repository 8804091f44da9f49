// What the clients have asked for and been told: one entry per write, however often it was sent.
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'

/**
 * An entry: `kind`, `key` (Idempotency-Key), `content` (what was asked for), `sentAt` (ms, one per try), `answeredAt` (ms), `answers` (status or error
 * of each try), `told` (what the acknowledgement said) and `outcome`: `acknowledged`, `refused` (an answer that no repeat changes),
 * `unknown` (given up without one).
 */
export class History {
  entries = []

  begin(kind, content) {
    const entry = { kind, key: randomUUID(), content, sentAt: [], answers: [], outcome: 'unknown' }
    this.entries.push(entry)
    return entry
  }

  /** Entries that were acknowledged within a time, in ms. */
  acknowledged(fromMs, untilMs) {
    return this.entries.filter((entry) => entry.outcome === 'acknowledged' && entry.answeredAt >= fromMs && entry.answeredAt < untilMs)
  }

  write(path) {
    writeFileSync(path, this.entries.map((entry) => JSON.stringify(entry)).join('\n') + '\n')
  }
}

const WINDOW_MS = 2_000
const STEP_MS = 100
const AS_BEFORE = 0.8

/**
 * When writes succeed again as before, in ms from `fromMs`: the first acknowledgement of the first two seconds that have at least 0.8 of those of
 * a calm time; null = not before `untilMs`.
 */
export function recoveryMs(answeredAt, calmPerS, fromMs, untilMs) {
  const times = [...answeredAt].sort((a, b) => a - b)
  for (let at = fromMs; at + WINDOW_MS <= untilMs; at += STEP_MS) {
    const within = times.filter((time) => time >= at && time < at + WINDOW_MS)
    if (within.length > 0 && within.length >= AS_BEFORE * calmPerS * (WINDOW_MS / 1_000)) return within[0] - fromMs
  }
  return null
}

/** The longest time without an acknowledgement, in ms. */
export function longestSilenceMs(answeredAt, fromMs, untilMs) {
  const times = [fromMs, ...[...answeredAt].sort((a, b) => a - b), untilMs]
  return times.slice(1).reduce((longest, time, index) => Math.max(longest, time - times[index]), 0)
}
