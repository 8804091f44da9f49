/// Windows of a campaign as a form has them: times of the city's clocks without a zone, in order, never overlapping.
import { dateTime } from '../../i18n/time'

/** `2022-01-05T10:00`, as the document and the browser's own date-time field write it. */
export interface TestWindow {
  from: string
  to: string
}

/** The longest that one window may last, as the server has it. */
export const LONGEST_DAYS = 7
/** Most windows of one refinement, as the server has it. */
export const MOST_WINDOWS = 20

const HOUR_MS = 3_600_000
const PLAIN = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/

/** What is wrong with windows; `index` counts them from 0. */
export type WindowsMistake =
  | { why: 'none' | 'tooMany' }
  | { why: 'noTime' | 'length' | 'overlap'; index: number }

/** Milliseconds since 1970 of a time of the city's clocks; null if it is none. */
export function msOf(local: string): number | null {
  const ms = PLAIN.test(local) ? Date.parse(`${local}+08:00`) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}

/** The city's clocks at an instant, as a date-time field wants it. */
export function localOf(instant: string | number): string {
  const ms = typeof instant === 'number' ? instant : Date.parse(instant)
  return dateTime(ms).replace(' ', 'T')
}

/** The first mistake, or null. */
export function mistakeIn(windows: readonly TestWindow[]): WindowsMistake | null {
  if (windows.length === 0) return { why: 'none' }
  if (windows.length > MOST_WINDOWS) return { why: 'tooMany' }
  let before = Number.NEGATIVE_INFINITY
  for (const [index, { from, to }] of windows.entries()) {
    const [begin, end] = [msOf(from), msOf(to)]
    if (begin === null || end === null) return { why: 'noTime', index }
    if (begin >= end || end - begin > LONGEST_DAYS * 24 * HOUR_MS) return { why: 'length', index }
    if (begin < before) return { why: 'overlap', index }
    before = end
  }
  return null
}

/** The same windows with the last one ending later. */
export function extended(windows: readonly TestWindow[], hours: number): TestWindow[] {
  return windows.map((window, i) => {
    const end = msOf(window.to)
    return i < windows.length - 1 || end === null ? window : { ...window, to: localOf(end + hours * HOUR_MS) }
  })
}

/** Another window after the last one: the next day, the same hours. */
export function following(windows: readonly TestWindow[]): TestWindow {
  const last = windows.at(-1)
  const [begin, end] = [msOf(last?.from ?? ''), msOf(last?.to ?? '')]
  if (begin === null || end === null) return { from: '', to: '' }
  const days = Math.ceil((end - begin) / (24 * HOUR_MS))
  return { from: localOf(begin + days * 24 * HOUR_MS), to: localOf(end + days * 24 * HOUR_MS) }
}

/** As the server wants windows: instants. Only for windows without a mistake. */
export function instantsOf(windows: readonly TestWindow[]): TestWindow[] {
  return windows.map(({ from, to }) => ({ from: new Date(msOf(from) ?? 0).toISOString(), to: new Date(msOf(to) ?? 0).toISOString() }))
}

/** From the server's instants to times of the city's clocks. */
export function localWindows(windows: readonly TestWindow[]): TestWindow[] {
  return windows.map(({ from, to }) => ({ from: localOf(from), to: localOf(to) }))
}

/** `01-05 10:00–20:00`, or with both days where it lasts over midnight. */
export function windowWords({ from, to }: TestWindow): string {
  const [begin, end] = [from.replace('T', ' '), to.replace('T', ' ')]
  const isOneDay = begin.slice(0, 10) === end.slice(0, 10)
  return `${begin.slice(5, 16)}–${isOneDay ? end.slice(11, 16) : end.slice(5, 16)}`
}

/** All windows in a line. */
export function windowsWords(windows: readonly TestWindow[]): string {
  return windows.map(windowWords).join(', ')
}
