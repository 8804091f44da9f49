/// How old something is that waits, in hours and words, and how bad that is.
import type { OverdueKind } from './types'

/** `3 h 20 min` as numbers, rounded down. */
export function hoursAndMinutes(ageS: number): { h: number; min: number } {
  const minutes = Math.floor(Math.max(0, ageS) / 60)
  return { h: Math.floor(minutes / 60), min: minutes % 60 }
}

export type Lateness = 'inTime' | 'late' | 'veryLate' | 'lost'

/** Late past the given hours, very late past twice as many; after a day somebody must go and look. */
export function lateness(ageS: number, hours: number): Lateness {
  if (ageS >= 24 * 3600) return 'lost'
  // Twice no time at all is none.
  if (hours > 0 && ageS >= 2 * hours * 3600) return 'veryLate'
  return ageS >= hours * 3600 ? 'late' : 'inTime'
}

export type AgeOrder = 'oldest' | 'newest'

/** Sorted by age without touching the list itself; equal ages keep their places. */
export function byAge<T extends { ageS: number }>(items: readonly T[], order: AgeOrder): T[] {
  return [...items].sort((a, b) => (order === 'oldest' ? b.ageS - a.ageS : a.ageS - b.ageS))
}

/** Fewest hours that can be asked for: a tube that was received though nobody sent it is odd at once. */
export function leastHours(kind: OverdueKind): number {
  return kind === 'received-unsent' ? 0 : 1
}

/** Hours that are asked for until somebody types others. */
export function usualHours(kind: OverdueKind): number {
  return kind === 'received-unsent' ? 0 : 4
}

/** Whole hours from `least` to a week as typed, or null. */
export function hoursOf(typed: string, least: number): number | null {
  const hours = /^\d{1,3}$/.test(typed.trim()) ? Number(typed) : -1
  return hours >= least && hours <= 168 ? hours : null
}
