/// What other answers say of a round that is newer than the schedule: a code with a new test, a sample just taken.
import type { Sample, ScheduleItem } from '../../api/resident'
import type { Code } from '../../api/types'

/** News of the holder; relatives have none of their own on this device. */
export interface News {
  /** Rounds the holder was sampled for, by their number. */
  readonly rounds: ReadonlySet<number>
  /** When the code's test was sampled, if the schedule was asked for before that was known; ms. */
  readonly testMs: number | null
  /** Whether the holder has to give a single sample first; null where nothing newer than the schedule tells. */
  readonly resample: boolean | null
}

/** Whether an answer about the same person says something that the schedule will say too. */
export function isNews(before: Code, after: Code): boolean {
  if (before.personId !== after.personId) return false
  const [old, fresh] = [before.test, after.test]
  return before.colour !== after.colour || old?.sampled !== fresh?.sampled || old?.outcome !== fresh?.outcome
}

/** Rounds of the samples that stand, if they were learned after the schedule. */
export function sampledRounds(samples: readonly Sample[] | null | undefined, learnedAtMs: number, scheduleAtMs: number): Set<number> {
  if (!samples || learnedAtMs <= scheduleAtMs) return new Set()
  return new Set(samples.filter(({ undone }) => !undone).flatMap(({ campaign }) => campaign ?? []))
}

/** What the news say of one item: sampled for this round, perhaps so, or nothing. */
export function newsOf({ person, number, windows }: ScheduleItem, { rounds, testMs }: Omit<News, 'resample'>): 'sampled' | 'perhaps' | null {
  if (person.relation) return null
  if (rounds.has(number)) return 'sampled'
  if (testMs === null) return null
  return windows.some(({ from, to }) => Date.parse(from) <= testMs && testMs < Date.parse(to)) ? 'perhaps' : null
}
