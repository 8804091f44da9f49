/// Asks for something again and again while the page is looked at, one request at a time.
import { useEffect, useRef, useState } from 'preact/hooks'
import { client, failureText } from '../session'

export interface Live<T> {
  value: T | null
  /** Why there is nothing newer; empty while there is. */
  error: string
  /** Asks at once: after something was changed. */
  reload: () => void
}

/** How often the figures of a round are asked for. */
export const EVERY_MS = 10_000

/** `path` null asks nothing; another path begins anew. `everyMs` 0 asks once. */
export function useLive<T>(path: string | null, everyMs = EVERY_MS): Live<T> {
  const [answer, setAnswer] = useState<{ path: string; value: T } | null>(null)
  const [error, setError] = useState('')
  const ask = useRef<() => void>(() => {})
  useEffect(() => {
    setError('')
    if (path === null) return undefined
    let stopped = false
    let asking = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const read = async () => {
      const value = await client.get<T>(path)
      if (stopped) return
      setAnswer({ path, value })
      setError('')
    }
    const turn = async (mustAsk: boolean) => {
      if (asking || stopped) return
      clearTimeout(timer)
      asking = true
      if (mustAsk || document.visibilityState === 'visible') await read().catch((failure: unknown) => !stopped && setError(failureText(failure)))
      asking = false
      if (!stopped && everyMs > 0) timer = setTimeout(() => void turn(false), everyMs)
    }
    ask.current = () => void turn(true)
    void turn(true)
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [path, everyMs])
  return { value: answer?.path === path ? answer.value : null, error, reload: () => ask.current() }
}
