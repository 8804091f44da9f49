/// Live check of a document: the server reads it whenever somebody pauses typing.
import { useEffect, useState } from 'preact/hooks'
import { client, failureText } from '../session'
import type { CheckedDocument } from './shapes'

/** A pause in typing this long starts a check. */
const TYPING_PAUSE_MS = 600

export interface Check {
  /** What the server says about this very text; null until it has answered. */
  verdict: CheckedDocument | null
  /** What it said last, perhaps about an earlier text: better than flicker. */
  last: CheckedDocument | null
  /** Why it could not be checked. */
  error: string
}

export function useCheck(text: string): Check {
  const [answer, setAnswer] = useState<{ text: string; verdict: CheckedDocument } | null>(null)
  const [error, setError] = useState('')
  useEffect(() => {
    let stale = false
    const timer = setTimeout(
      () => {
        client.post<CheckedDocument>('/v1/campaigns/check', { document: text }).then(
          (verdict) => {
            if (stale) return
            setAnswer({ text, verdict })
            setError('')
          },
          (failure: unknown) => !stale && setError(failureText(failure)),
        )
      },
      answer ? TYPING_PAUSE_MS : 0,
    )
    return () => {
      stale = true
      clearTimeout(timer)
    }
  }, [text])
  return { verdict: answer?.text === text ? answer.verdict : null, last: answer?.verdict ?? null, error }
}
