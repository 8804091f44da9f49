/// Sampling points: where, when open, how many wait and since when that is known, how fast it goes.
import type { SchedulePoint } from '../../api/resident'
import { age } from '../../i18n/time'
import { s } from '../text/schedule'
import { queueMinutes } from './round'
import { instantText, windowText } from './words'

/** A count that is older says nothing about how long it takes now. */
const COUNT_FRESH_MS = 30 * 60_000

/** Opening hours in words; empty if they are not known. */
export function hoursText({ opens, closes }: SchedulePoint, nowMs: number): string {
  if (opens && closes) return s('hours', { when: windowText({ from: opens, to: closes }, nowMs) })
  if (opens) return s('opensAt', { from: instantText(Date.parse(opens), nowMs) })
  return closes ? s('closesAt', { to: instantText(Date.parse(closes), nowMs) }) : ''
}

/** Whether the point is known to be closed at `nowMs`. */
export function isClosed({ opens, closes }: SchedulePoint, nowMs: number): boolean {
  return (Boolean(opens) && nowMs < Date.parse(opens ?? '')) || (Boolean(closes) && nowMs >= Date.parse(closes ?? ''))
}

/** The queue in words, with the age of the count; empty if nobody has counted. */
export function queueText({ waiting, waitingAt, people10Min }: SchedulePoint, nowMs: number): string {
  if (waiting === null || waiting === undefined) return ''
  const ageMs = waitingAt ? nowMs - Date.parse(waitingAt) : null
  const minutes = ageMs !== null && ageMs <= COUNT_FRESH_MS ? queueMinutes(waiting, people10Min) : null
  const queue = waiting > 0 ? s('queue', { n: waiting }) : s('queueNone')
  const counted = ageMs === null ? '' : s('queueAge', { age: age(ageMs) })
  return queue + counted + (minutes ? ` · ${s('queueMinutes', { minutes })}` : '')
}

function Point({ point, nowMs }: { point: SchedulePoint; nowMs: number }) {
  const hours = hoursText(point, nowMs)
  const queue = isClosed(point, nowMs) ? s('closedNow') : queueText(point, nowMs)
  return (
    <li class="point" data-test="point">
      <strong>{point.name}</strong>
      <small class="quiet">
        {s(point.kind)} · {point.address}
      </small>
      <small>{[hours, queue].filter(Boolean).join(' · ')}</small>
      {point.people10Min > 0 && <small class="quiet">{s('pace', { n: point.people10Min })}</small>}
    </li>
  )
}

export function Points({ points, nowMs }: { points: readonly SchedulePoint[]; nowMs: number }) {
  if (points.length === 0) return <p class="quiet">{s('pointsNone')}</p>
  return (
    <ul class="points">
      {points.map((point) => (
        <Point key={point.id} point={point} nowMs={nowMs} />
      ))}
    </ul>
  )
}
