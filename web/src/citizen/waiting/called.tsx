/// The turn has come: a waiting request goes on by itself; without one the person is led on, with the time left.
import { Button } from '../../ui/button'
import { now } from '../../ui/clock'
import { useValue } from '../../ui/value'
import { go } from '../route'
import { w } from '../text/waiting'
import { claimLeftMs } from './claim'
import type { Room } from './room'
import { leftText } from './words'

export function Called({ known, pending }: { known: Room; pending: boolean }) {
  const leftMs = claimLeftMs(known, useValue(now))
  if (pending) return <p data-test="going-on">{w('goingOn')}</p>
  return (
    <>
      <p>{leftMs > 0 ? w('goOnWithin', { minutes: Math.round(known.now.claimS / 60) }) : w('overdue')}</p>
      {leftMs > 0 && (
        <p class="place" data-test="claim-left">
          {w('left', { time: leftText(leftMs) })}
        </p>
      )}
      <Button look="primary" onClick={() => go(known.purpose ?? 'register')} data-test="go-on">
        {w('goOn')}
      </Button>
    </>
  )
}
