/// One form sent once: the same content keeps its idempotency key, so pressing again can't register twice.
import { useRef, useState } from 'preact/hooks'
import { client } from './server_talk'
import { failureField, failureText } from './failure'
import { inTurn, Left } from './waiting/turn'

export interface Submission<T> {
  busy: boolean
  /** Failure that belongs to no field, or empty. */
  error: string
  /** Failure of one field, by the server's field name. */
  fieldErrors: Record<string, string>
  /** Sends; `null` if it failed (then `error` or `fieldErrors` says why). */
  send: (body: unknown) => Promise<T | null>
}

/** Posts to `path`. `fields` are the names that have a place of their own on the form. */
export function useSubmission<T>(path: string, fields: readonly string[]): Submission<T> {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  const [fieldErrors, setFieldErrors] = useState<Record<string, string>>({})
  const last = useRef({ content: '', key: '' })
  const send = async (body: unknown): Promise<T | null> => {
    const content = JSON.stringify(body)
    if (last.current.content !== content) last.current = { content, key: crypto.randomUUID() }
    setBusy(true)
    setError('')
    setFieldErrors({})
    try {
      return await inTurn(() => client.post<T>(path, body, { idempotencyKey: last.current.key }))
    } catch (failure) {
      if (failure instanceof Left) return null
      const field = failureField(failure)
      if (fields.includes(field)) setFieldErrors({ [field]: failureText(failure) })
      else setError(failureText(failure))
      return null
    } finally {
      setBusy(false)
    }
  }
  return { busy, error, fieldErrors, send }
}
