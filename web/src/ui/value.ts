/// The bridge from signals to components: small enough for the citizen's first response.
import { effect, type ReadonlySignal } from '@preact/signals-core'
import { useEffect, useState } from 'preact/hooks'

/** Value of a signal; the component draws again when it changes. */
export function useValue<T>(source: ReadonlySignal<T>): T {
  const [, redraw] = useState({})
  const drawn = source.value
  useEffect(() => {
    let last = drawn
    return effect(() => {
      // Also what has changed between the drawing and now.
      if (source.value !== last) redraw({})
      last = source.value
    })
  }, [source])
  return drawn
}
