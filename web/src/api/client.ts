/// HTTP client of every page: JSON in and out, bearer token, idempotent writes, timeouts, careful retries.
import { deviceId } from './device'
import { type Flow, PASS } from './flow'
import { Problem, problemOf, Unreachable } from './problem'
import { backoffMs, isRetryable, RetryBudget, TRIES } from './retry'

/** Longer than the server's longest hold of a refusal (8 s), so that a queued answer still arrives. */
const TIMEOUT_MS = 12_000
/** A wait longer than this is the person's decision, not the page's. */
const LONGEST_WAIT_MS = 15_000

export interface ClientOptions {
  /** Session token, read at each request; null = anonymous. */
  token?: () => string | null
  fetch?: typeof fetch
  /** Waits the given milliseconds. */
  sleep?: (ms: number) => Promise<void>
  /** [0, 1) */
  random?: () => number
  /** Pass and place of a resident; staff never wait and have none. */
  flow?: Flow
}

export interface RequestOptions {
  body?: unknown
  headers?: Record<string, string>
  timeoutMs?: number
  /** Same key = same operation, also in a later session; a fresh one is made for every other write. */
  idempotencyKey?: string
  /** Tries in all; 1 for what is asked again soon anyway. */
  tries?: number
}

/** A JSON answer, or `body: null` for 304 and 204. */
export interface Answer<T> {
  status: number
  etag: string | null
  /** The server's clock when it answered, if it said. */
  serverTimeMs: number | null
  /** Time of the data, in ms, if the server says that they are older than they could be. */
  asOfMs: number | null
  body: T | null
}

export interface Client {
  /** Raw answer with its ETag; throws `Problem` or `Unreachable`. */
  send<T>(method: string, path: string, options?: RequestOptions): Promise<Answer<T>>
  get<T>(path: string, options?: RequestOptions): Promise<T>
  post<T>(path: string, body: unknown, options?: RequestOptions): Promise<T>
  delete(path: string): Promise<void>
}

function headersOf(method: string, options: RequestOptions, token: string | null): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Yimatong-Device': deviceId(), ...options.headers }
  if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  if (token) headers.Authorization = `Bearer ${token}`
  if (method !== 'GET') headers['Idempotency-Key'] = options.idempotencyKey ?? crypto.randomUUID()
  return headers
}

/** One try, until the last byte of the answer; `Unreachable` for anything that is not an HTTP answer. */
async function tryOnce<T>(send: typeof fetch, path: string, init: Init, options: TryOptions): Promise<Answer<T>> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), options.timeoutMs)
  try {
    const response = await send(path, { ...init, signal: abort.signal })
    const problem = response.ok || response.status === 304 ? null : await problemOf(response)
    const answer = problem ? null : await answerOf<T>(response)
    // Only now: whoever lost the answer on the way comes again, and needs the place for it.
    options.flow?.learn(init.method, init.headers, { ok: response.ok, pass: response.headers.get(PASS), problem })
    if (!answer) throw problem
    return answer
  } catch (error) {
    throw error instanceof Problem ? error : new Unreachable(String(error))
  } finally {
    clearTimeout(timer)
  }
}

interface Init extends RequestInit {
  method: string
  headers: Record<string, string>
}

interface TryOptions {
  timeoutMs: number
  flow: Flow | undefined
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const time = (name: string) => Date.parse(response.headers.get(name) ?? '') || null
  const head = {
    status: response.status,
    etag: response.headers.get('etag'),
    serverTimeMs: time('date'),
    asOfMs: time('yimatong-as-of'),
  }
  if (response.status === 204 || response.status === 304) return { ...head, body: null }
  return { ...head, body: (await response.json()) as T }
}

/** Pause before another try, or null if this failure is final. */
function pauseAfter(error: unknown, attempt: number, random: () => number): number | null {
  const refused = error instanceof Unreachable ? null : (error as Problem)
  if (refused && !isRetryable(refused)) return null
  const pause = backoffMs(attempt, refused?.retryAfterMs ?? null, random)
  return pause <= LONGEST_WAIT_MS ? pause : null
}

/** Makes a client; all clients of a page should share one, as the retry budget is the page's. */
export function createClient(options: ClientOptions = {}): Client {
  const budget = new RetryBudget()
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((done) => setTimeout(done, ms)))
  const random = options.random ?? Math.random
  const fetcher: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init))

  async function send<T>(method: string, path: string, request: RequestOptions = {}): Promise<Answer<T>> {
    const fixed = headersOf(method, request, options.token?.() ?? null)
    const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) }
    const how = { timeoutMs: request.timeoutMs ?? TIMEOUT_MS, flow: options.flow }
    budget.earn()
    for (let attempt = 1; ; attempt += 1) {
      // The server tells first tries from further ones, and bounds the latter too.
      const headers = { ...fixed, 'Yimatong-Attempt': String(attempt), ...options.flow?.headers(method, path) }
      try {
        return await tryOnce<T>(fetcher, path, { method, headers, ...body }, how)
      } catch (error) {
        const pause = pauseAfter(error, attempt, random)
        if (pause === null || attempt >= (request.tries ?? TRIES) || !budget.spend()) throw error
        await sleep(pause)
      }
    }
  }

  return {
    send,
    get: async <T>(path: string, request?: RequestOptions) => (await send<T>('GET', path, request)).body as T,
    post: async <T>(path: string, body: unknown, request?: RequestOptions) =>
      (await send<T>('POST', path, { ...request, body })).body as T,
    delete: async (path) => void (await send('DELETE', path)),
  }
}
