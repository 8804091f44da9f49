/// Asks for the live figures every second while the page is looked at, one request at a time.
import { useEffect, useRef, useState } from 'preact/hooks'
import { client, failureText } from '../session'
import { appended, type Figures, type Second, secondBetween } from './figures'

const EVERY_MS = 1_000
const URGENT_MS = 5_000

export interface Live {
  figures: Figures | null
  past: Second[]
  /** Why there is nothing newer; empty while there is. */
  error: string
  /** Asks at once: after something was changed. */
  reload: () => void
}

export function useLive(): Live {
  const [figures, setFigures] = useState<Figures | null>(null)
  const [past, setPast] = useState<Second[]>([])
  const [error, setError] = useState('')
  const ask = useRef<() => void>(() => {})
  useEffect(() => {
    let stopped = false
    let timer: ReturnType<typeof setTimeout> | undefined
    let last: Figures | null = null
    let asking = false
    const read = async () => {
      const path = last ? '/v1/overload' : '/v1/overload?history=1'
      const next = await client.get<Figures>(path, { tries: 1, timeoutMs: URGENT_MS })
      if (stopped) return
      const [before, given] = [last, next.history]
      last = next
      setFigures(next)
      setPast((known) => given ?? appended(known, before && secondBetween(before, next)))
      setError('')
    }
    const turn = async () => {
      if (asking || stopped) return
      clearTimeout(timer)
      asking = true
      if (document.visibilityState === 'visible') await read().catch((failure: unknown) => !stopped && setError(failureText(failure)))
      asking = false
      if (!stopped) timer = setTimeout(() => void turn(), EVERY_MS)
    }
    ask.current = () => void turn()
    void turn()
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [])
  return { figures, past, error, reload: () => ask.current() }
}
