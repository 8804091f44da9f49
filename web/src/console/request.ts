/// State of one kind of request: busy, failed, and a function that runs it.
import { useState } from 'preact/hooks'
import { failureText } from './session'

export interface Running {
  busy: boolean
  error: string
  /** Runs a request; `null` if it failed. */
  run: <T>(request: () => Promise<T>) => Promise<T | null>
}

export function useRequest(): Running {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  const run = async <T>(request: () => Promise<T>): Promise<T | null> => {
    setBusy(true)
    setError('')
    try {
      return await request()
    } catch (failure) {
      setError(failureText(failure))
      return null
    } finally {
      setBusy(false)
    }
  }
  return { busy, error, run }
}
