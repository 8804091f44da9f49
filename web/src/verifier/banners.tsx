/// Warnings that change what a verdict is worth: old data, a wrong clock, a session that ended.
import { age } from '../i18n/time'
import { now } from '../ui/clock'
import { Notice } from '../ui/notice'
import { useValue } from '../ui/value'
import type { Gate } from './gate'
import { t } from './texts'

/** Older than two missed refreshes and some patience: worth a word. */
const STALE_MS = 5 * 60_000
/** A presentation lives 60 s; a clock this far off eats a third of it. */
const CLOCK_MS = 20_000

function span(ms: number): string {
  return age(ms)
    .replace(/ ago$|前$/, '')
    .trim()
}

function FreshnessBanner({ gate }: { gate: Gate }) {
  const { keysAtMs, listsAtMs } = useValue(gate.trust.data)
  const { maxStatusAgeS } = useValue(gate.settings.rule)
  const nowMs = useValue(now)
  if (keysAtMs === null || listsAtMs === null) return <Notice tone="bad">{t('neverLoaded')}</Notice>
  const ageMs = nowMs - listsAtMs
  if (ageMs > maxStatusAgeS * 1000) return <Notice tone="bad">{t('veryStale', { age: span(ageMs) })}</Notice>
  if (ageMs > STALE_MS) return <Notice tone="warn">{t('stale', { age: span(ageMs) })}</Notice>
  return null
}

export function Banners({ gate }: { gate: Gate }) {
  const offset = useValue(gate.trust.clockOffsetMs) ?? 0
  const loggedOut = useValue(gate.loggedOut)
  return (
    <div class="banners stack" data-test="banners">
      <FreshnessBanner gate={gate} />
      {Math.abs(offset) > CLOCK_MS && (
        <Notice tone="warn">{t('clockOff', { seconds: Math.round(Math.abs(offset) / 1000) })}</Notice>
      )}
      {loggedOut && <Notice tone="warn">{t('sessionOver')}</Notice>}
      {!gate.db.durable && <Notice tone="warn">{t('notDurable')}</Notice>}
    </div>
  )
}
