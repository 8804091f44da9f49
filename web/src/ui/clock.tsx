/// Ticking time: proof to a gatekeeper that the page is alive.
import { signal } from '@preact/signals-core'
import { clockTime, cityDate } from '../i18n/time'
import { useValue } from './value'

/** Milliseconds since 1970 by this device, to the second; one timer for the whole page. */
export const now = signal(Date.now())

function tick(): void {
  now.value = Date.now()
  setTimeout(tick, 1000 - (now.value % 1000))
}
tick()

/** Not announced to screen readers: it would talk every second. */
export function Clock() {
  const at = useValue(now)
  return (
    <time class="clock" aria-hidden="true">
      <small>{cityDate(at)}</small> {clockTime(at)}
    </time>
  )
}
