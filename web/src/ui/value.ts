/// The bridge from signals to components: small enough for the citizen's first response.
import { effect, type ReadonlySignal } from '@preact/signals-core'
import { useEffect, useState } from 'preact/hooks'

/** Value of a signal; the component draws again when it changes. */
export function useValue<T>(source: ReadonlySignal<T>): T {
  const [, redraw] = useState({})
  useEffect(() => {
    let first = true
    return effect(() => {
      void source.value
      if (!first) redraw({})
      first = false
    })
  }, [source])
  return source.value
}
