/// What a round means to one person now. Worked out from the windows on the device, because what is kept may be hours old.
import type { ScheduleItem, Standing, Window } from '../../api/resident'
import { type News, newsOf } from './news'

/** Where now lies among the windows. */
export type Turn =
  | { kind: 'open'; window: Window }
  | { kind: 'from'; window: Window }
  | { kind: 'over'; window: Window }
  | { kind: 'none' }

/** The window that is open, else the next, else the last one. A window's end is not part of it. */
export function turnOf(windows: readonly Window[], nowMs: number): Turn {
  const sorted = [...windows].sort((a, b) => Date.parse(a.from) - Date.parse(b.from))
  const window = sorted.find(({ to }) => nowMs < Date.parse(to))
  if (window) return { kind: nowMs < Date.parse(window.from) ? 'from' : 'open', window }
  const last = sorted.at(-1)
  return last ? { kind: 'over', window: last } : { kind: 'none' }
}

const EXEMPT: readonly Standing[] = ['zone-tested', 'vaccinated', 'outside-city', 'tested']

/** Whether the person need not be tested any more in this round. */
export function isExempt(standing: Standing): boolean {
  return EXEMPT.includes(standing)
}

/** What there is to say, the most urgent first. */
export const LINE_KINDS = ['resample', 'isolated', 'remind', 'open', 'over', 'from', 'waiting', 'exempt', 'sampled'] as const
export type LineKind = (typeof LINE_KINDS)[number]

export interface RoundLine {
  kind: LineKind
  item: ScheduleItem
  /** The window the line speaks of; none for somebody who has none, but something to do all the same. */
  window: Window | null
}

/** A round that is over is no news on the code screen any more after this time. */
const NEWS_MS = 24 * 3_600_000

export const NO_NEWS: News = { rounds: new Set(), testMs: null, resample: null }

const isOwn = ({ person }: ScheduleItem) => !person.relation

/** The line for one person; null if the round does not concern them, or it is not known whether they were sampled. */
export function lineOf(item: ScheduleItem, nowMs: number, news = NO_NEWS): RoundLine | null {
  const turn = turnOf(item.windows, nowMs)
  const line = (kind: LineKind) => ({ kind, item, window: turn.kind === 'none' ? null : turn.window })
  const due = item.standing === 'resample'
  if (isOwn(item) ? (news.resample ?? due) : due) return line('resample')
  if (turn.kind === 'none' || item.standing === 'not-included') return null
  const told = newsOf(item, news)
  if (item.standing === 'sampled' || told === 'sampled') return line('sampled')
  // The single test has come since; the schedule will say what that means.
  if (due) return null
  if (item.standing === 'isolated') return line('isolated')
  if (isExempt(item.standing)) return line('exempt')
  if (told) return null
  if (item.standing === 'waiting') return line('waiting')
  if (turn.kind === 'open' && (item.reminderZh || item.reminderEn)) return line('remind')
  return line(turn.kind)
}

/** Lines for the code screen: the most urgent first, the holder's own before a relative's. */
export function linesOf(items: readonly ScheduleItem[], nowMs: number, news = NO_NEWS): RoundLine[] {
  const rank = ({ kind, item }: RoundLine) => 2 * LINE_KINDS.indexOf(kind) + (item.person.relation ? 1 : 0)
  return items
    .map((item) => lineOf(item, nowMs, news))
    .filter((line) => line !== null)
    .filter(({ kind, window }) => kind === 'resample' || (window !== null && nowMs < Date.parse(window.to) + NEWS_MS))
    .sort((a, b) => rank(a) - rank(b))
}

/** Minutes in a queue at the pace of the last ten, rounded up to five; null if there is no telling. */
export function queueMinutes(waiting: number | null | undefined, people10Min: number): number | null {
  if (waiting === null || waiting === undefined || people10Min <= 0) return null
  return Math.ceil((waiting * 10) / people10Min / 5) * 5
}

/** Items by round, in the order of the answer. */
export function byRound(items: readonly ScheduleItem[]): [ScheduleItem, ...ScheduleItem[]][] {
  const rounds = new Map<number, [ScheduleItem, ...ScheduleItem[]]>()
  for (const item of items) {
    const round = rounds.get(item.number)
    if (round) round.push(item)
    else rounds.set(item.number, [item])
  }
  return [...rounds.values()]
}
