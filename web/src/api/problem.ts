/// Refusals of the server (RFC 9457) and the absence of an answer, as two errors a page can tell apart.
import { pick } from '../i18n/lang'

/** Problem document as the server writes it. */
export interface ProblemDocument {
  type: string
  title: string
  status: number
  detail?: string
  field?: string
  titleZh?: string
  detailZh?: string
  instance?: string
}

/** The server answered and refused. */
export class Problem extends Error {
  readonly document: ProblemDocument
  /** Wait the server asked for (`Retry-After`), in milliseconds. */
  readonly retryAfterMs: number | null
  constructor(document: ProblemDocument, retryAfterMs: number | null = null) {
    super(document.title)
    this.document = document
    this.retryAfterMs = retryAfterMs
  }
  get status(): number {
    return this.document.status
  }
  /** Last part of the type, such as `check-digit`. */
  get code(): string {
    return this.document.type.split('/').pop() ?? ''
  }
  /** Sentence for the person at the page, in the page's language. */
  get text(): string {
    const { title, detail, titleZh, detailZh } = this.document
    return pick(detailZh ?? titleZh, detail ?? title)
  }
}

/** No answer: offline, timeout, or a broken connection. */
export class Unreachable extends Error {}

/** Reads the problem of a refused response; a refusal without a document still has its status. */
export async function problemOf(response: Response): Promise<Problem> {
  const wait = Number(response.headers.get('retry-after') || Number.NaN)
  const retryAfterMs = Number.isFinite(wait) ? wait * 1000 : null
  const { status } = response
  const document = (await response.json().catch(() => null)) as Partial<ProblemDocument> | null
  // A proxy in between may answer with JSON of its own.
  const { type, title } = document ?? {}
  if (typeof type === 'string' && typeof title === 'string') {
    return new Problem({ ...document, type, title, status }, retryAfterMs)
  }
  return new Problem({ type: '/problems/unknown', title: `HTTP ${status}`, status }, retryAfterMs)
}
