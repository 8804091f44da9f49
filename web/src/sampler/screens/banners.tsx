/// Warnings that change what the table is worth: the wrong round, no keys, old data, a wrong clock, an ended session, no room.
import { useEffect } from 'preact/hooks'
import { pick } from '../../i18n/lang'
import { age } from '../../i18n/time'
import { Button } from '../../ui/button'
import { now } from '../../ui/clock'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import { EVERY_MS, roundTrouble } from '../rounds'
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

/** Asks which rounds run, now and again, while somebody is logged in and looks. */
function useRounds({ rounds, settings }: Sampler): void {
  const session = useValue(settings.session)
  useEffect(() => {
    if (!session) return undefined
    void rounds.load()
    const timer = setInterval(() => void (document.visibilityState === 'visible' && rounds.load()), EVERY_MS)
    return () => clearInterval(timer)
  }, [rounds, session])
}

function Round({ sampler, onSetup }: { sampler: Sampler; onSetup: () => void }) {
  useRounds(sampler)
  const setup = useValue(sampler.settings.setup)
  const trouble = roundTrouble(setup, useValue(sampler.rounds.running))
  if (!trouble) return null
  return (
    <Notice tone="bad" role="alert">
      <span data-test="round-trouble" data-trouble={trouble}>
        {d(trouble, { round: setup.campaign ? pick(setup.campaign.nameZh, setup.campaign.nameEn) : '' })}
      </span>{' '}
      <Button onClick={onSetup} data-test="choose-round">
        {d('setup')}
      </Button>
    </Notice>
  )
}

interface Props {
  sampler: Sampler
  onLogin: () => void
  onSetup: () => void
}

export function Banners({ sampler, onLogin, onSetup }: Props) {
  const offset = useValue(sampler.trust.clockOffsetMs) ?? 0
  const loggedOut = useValue(sampler.loggedOut)
  const session = useValue(sampler.settings.session)
  const here = useValue(room)
  return (
    <div class="banners stack" data-test="banners">
      <Round sampler={sampler} onSetup={onSetup} />
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
