/// Figures of the waiting page in words, and when a screen reader should hear them.
import { w } from '../text/waiting'
import type { EtaRange } from './place'

/** `1,234` */
export function peopleText(n: number): string {
  return n.toLocaleString('en-US')
}

/** One decimal at most: `1.5`. */
function hoursText(minutes: number): string {
  return String(Math.round(minutes / 6) / 10)
}

/** `8–13 分钟`, `不到 1 分钟`, `1.5–2.5 小时`. */
export function rangeText({ fromMin, toMin }: EtaRange): string {
  if (fromMin === 0 && toMin <= 1) return w('etaShort')
  // Below two hours minutes are easier to plan with.
  if (toMin > 120) return w('hours', { from: hoursText(fromMin), to: hoursText(toMin) })
  if (fromMin === toMin) return w('minutesOne', { to: toMin })
  return w('minutes', { from: Math.max(1, fromMin), to: toMin })
}

/** Time left, `4:07`. */
export function leftText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** What a screen reader heard last. */
export interface Said {
  ahead: number
  atMs: number
}
const SAY_AGAIN_MS = 60_000

/** Whether a place is news: the first one, half of the last one said, or another one after a minute. */
export function isNews(said: Said | null, ahead: number, nowMs: number): boolean {
  if (!said) return true
  return ahead <= said.ahead / 2 ? ahead < said.ahead : ahead < said.ahead && nowMs - said.atMs >= SAY_AGAIN_MS
}
