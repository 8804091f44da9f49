/// Windows, people and lines of a round in words.
import type { ScheduleItem, Window } from '../../api/resident'
import { cityDate, dayTime } from '../../i18n/time'
import { relationText } from '../relation'
import { r } from '../text/round'
import type { LineKind, RoundLine } from './round'

const DAY_MS = 86_400_000

/** `今天 10:00`, `01-06 09:00` */
export function instantText(ms: number, nowMs: number): string {
  const time = dayTime(ms).slice(-5)
  const day = cityDate(ms)
  if (day === cityDate(nowMs)) return r('today', { time })
  if (day === cityDate(nowMs + DAY_MS)) return r('tomorrow', { time })
  if (day === cityDate(nowMs - DAY_MS)) return r('yesterday', { time })
  return dayTime(ms)
}

/** `今天 10:00–20:00`; over midnight both days are named. */
export function windowText({ from, to }: Window, nowMs: number): string {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
  const begin = instantText(fromMs, nowMs)
  // Midnight is the end of the day before.
  if (cityDate(fromMs) === cityDate(toMs - 1)) return `${begin}–${cityDate(fromMs) === cityDate(toMs) ? dayTime(toMs).slice(-5) : '24:00'}`
  return `${begin} – ${instantText(toMs, nowMs)}`
}

/** `您`, or `李*（子女）` */
export function whoText({ person }: ScheduleItem): string {
  return person.relation ? r('relative', { name: person.name, relation: relationText(person.relation) }) : r('you')
}

const KEYS = {
  own: {
    ...{ resample: 'ownResample', isolated: 'ownIsolated', remind: 'ownOpen', open: 'ownOpen', over: 'ownOver', from: 'ownFrom' },
    ...{ waiting: 'ownWaiting', exempt: 'ownExempt', sampled: 'ownSampled' },
  },
  relative: {
    ...{ resample: 'resample', isolated: 'isolated', remind: 'open', open: 'open', over: 'over', from: 'from', waiting: 'waiting', exempt: 'exempt', sampled: 'sampled' },
  },
} as const satisfies Record<'own' | 'relative', Record<LineKind, Parameters<typeof r>[0]>>

/** `本轮核酸：今天 10:00–20:00，您未采样` */
export function lineText({ kind, item, window }: RoundLine, nowMs: number): string {
  const key = KEYS[item.person.relation ? 'relative' : 'own'][kind]
  return r(key, { when: window ? windowText(window, nowMs) : '', who: whoText(item), why: whyText(item) })
}

/** Why somebody need not be tested; empty if they must. */
export function whyText({ standing }: ScheduleItem): string {
  const words = ['zone-tested', 'vaccinated', 'outside-city', 'tested'] as const
  const known = words.find((word) => word === standing)
  return known ? r(known) : ''
}
