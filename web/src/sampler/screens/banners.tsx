/// Warnings that change what the table is worth: no keys, old data, a wrong clock, an ended session, no room.
import { age } from '../../i18n/time'
import { Button } from '../../ui/button'
import { now } from '../../ui/clock'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import type { Sampler } from '../sampler'
import { isLow, room } from '../storage'
import { d } from '../text/desk'

/** A void code is known as such only by a fresh list; a shift without a network is normal. */
const STALE_MS = 12 * 3_600_000
/** A presentation lives 60 s; a clock this far off eats a third of it. */
const CLOCK_MS = 20_000

const span = (ms: number) => age(ms).replace(/ ago$|前$/, '').trim()

function Freshness({ sampler }: { sampler: Sampler }) {
  const { keysAtMs, listsAtMs } = useValue(sampler.trust.data)
  const nowMs = useValue(now)
  if (keysAtMs === null) return <Notice tone="warn">{d('neverLoaded')}</Notice>
  const ageMs = nowMs - (listsAtMs ?? keysAtMs)
  return ageMs > STALE_MS ? <Notice tone="warn">{d('stale', { age: span(ageMs) })}</Notice> : null
}

export function Banners({ sampler, onLogin }: { sampler: Sampler; onLogin: () => void }) {
  const offset = useValue(sampler.trust.clockOffsetMs) ?? 0
  const loggedOut = useValue(sampler.loggedOut)
  const session = useValue(sampler.settings.session)
  const here = useValue(room)
  return (
    <div class="banners stack" data-test="banners">
      <Freshness sampler={sampler} />
      {Math.abs(offset) > CLOCK_MS && (
        <Notice tone="bad">{d('clockOff', { seconds: Math.round(Math.abs(offset) / 1000) })}</Notice>
      )}
      {(loggedOut || session === null) && (
        <Notice tone="warn">
          {d('sessionOver')}{' '}
          <Button onClick={onLogin} data-test="log-in-again">
            {d('logIn')}
          </Button>
        </Notice>
      )}
      {isLow(here) && (
        <Notice tone="bad" role="alert">
          {d('lowRoom', { mb: Math.floor((here.leftBytes ?? 0) / 1024 / 1024) })}
        </Notice>
      )}
    </div>
  )
}
