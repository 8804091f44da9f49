/// Place, waiting time and time of the next poll, from the figures everybody gets and one's own number.
import type { RoomFigures } from '../../api/types'

/** People before a place. */
export function aheadOf(seq: number, { serving }: Pick<RoomFigures, 'serving'>): number {
  return Math.max(0, seq - serving)
}

/** True once the place has been called, or once nobody is left in line: a place given out just before a crash is not in it. */
export function isCalled(seq: number, { serving, issued }: Pick<RoomFigures, 'serving' | 'issued'>): boolean {
  return seq < serving || serving >= issued
}

/** Expected wait in seconds; infinite while nobody is called. */
export function etaS(ahead: number, ratePerS: number): number {
  return ratePerS > 0 ? ahead / ratePerS : Number.POSITIVE_INFINITY
}

const SHORTEST_POLL_S = 0.25

type PollFigures = Pick<RoomFigures, 'ratePerS' | 'pollS' | 'longestPollS'>

/**
 * Pause before the next poll in milliseconds: half of what is left to wait, and at the end the poll interval of the
 * server's budget; at most `longestPollS`, spread by a fifth after that cap, or a whole city would come to ask in step.
 * `random` gives [0, 1).
 */
export function nextPollMs(ahead: number, { ratePerS, pollS, longestPollS }: PollFigures, random: () => number): number {
  const eta = etaS(ahead, ratePerS)
  const near = eta < 2 * pollS
  const pauseS = near ? Math.min(Math.max(eta, SHORTEST_POLL_S), Math.max(pollS, SHORTEST_POLL_S)) : eta / 2
  return Math.min(longestPollS, pauseS) * (0.8 + 0.4 * random()) * 1000
}

/** A waiting time as people are told it, in whole minutes; `{0, 1}` is less than a minute. */
export interface EtaRange {
  fromMin: number
  toMin: number
}

/** Steps people think in: minutes, then five, then a quarter of an hour. */
function stepMin(minutes: number): number {
  if (minutes <= 20) return 1
  return minutes <= 90 ? 5 : 15
}

/** Range 0.8 to 1.3 times the expected wait, rounded outwards; null while nobody can say. */
export function etaRange(seconds: number): EtaRange | null {
  if (!Number.isFinite(seconds)) return null
  const [from, to] = [(seconds * 0.8) / 60, (seconds * 1.3) / 60]
  const [down, up] = [stepMin(from), stepMin(to)]
  return { fromMin: Math.floor(from / down) * down, toMin: Math.max(1, Math.ceil(to / up) * up) }
}

/** What is on the screen; kept over reloads, so that a reload does not raise it either. */
export interface Shown {
  ahead: number
  eta: EtaRange | null
  /** Rate that `eta` was reckoned with. */
  ratePerS: number
  /** The wait became longer because people are called more slowly. */
  slower: boolean
}

/** A rate below this share of the earlier one is worth telling. */
const SLOWER = 0.9

/**
 * What to show after new figures: the place never rises; the wait rises only if people are called more slowly, and
 * then `slower` says so.
 */
export function nextShown(before: Shown | null, ahead: number, ratePerS: number): Shown {
  const eta = etaRange(etaS(ahead, ratePerS))
  const place = before ? Math.min(before.ahead, ahead) : ahead
  if (!eta) return { ahead: place, eta: before?.eta ?? null, ratePerS: before?.ratePerS ?? 0, slower: before?.slower ?? false }
  if (!before?.eta) return { ahead: place, eta, ratePerS, slower: false }
  if (eta.toMin <= before.eta.toMin) {
    const shorter = eta.toMin < before.eta.toMin
    const fromMin = Math.min(eta.fromMin, before.eta.fromMin)
    return { ahead: place, eta: { ...eta, fromMin }, ratePerS: shorter ? ratePerS : before.ratePerS, slower: before.slower && !shorter }
  }
  if (ratePerS < before.ratePerS * SLOWER) return { ahead: place, eta, ratePerS, slower: true }
  return { ...before, ahead: place }
}

/**
 * When the place was called, in ms: between the last figures that had not called it and the first that had. A page
 * that was closed meanwhile reckons with the rate of then.
 */
export function calledAtMs(before: { ahead: number; ratePerS: number; atMs: number } | null, atMs: number): number {
  if (!before) return atMs
  return Math.min(atMs, before.atMs + etaS(before.ahead, before.ratePerS) * 1000)
}
