/// What to tell a resident when a request failed, and which field it is about.
import { Problem } from '../api/problem'
import { f } from './text/forms'

/** One sentence: the server's own when it refused for a reason, ours when it did not answer. */
export function failureText(error: unknown): string {
  if (!(error instanceof Problem)) return f('unreachable')
  // A refusal from in front of the server (a proxy, a full queue) may carry no words of its own; one that promises a place
  // gave none, or the page would be waiting.
  return ['unknown', 'busy', 'wait-in-room'].includes(error.code) ? f('busy') : error.text
}

/** The request field a refusal names, such as `document.number`; empty if it names none. */
export function failureField(error: unknown): string {
  return error instanceof Problem ? (error.document.field ?? '') : ''
}
