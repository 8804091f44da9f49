/// When to try again. Retries sustain most outages, so they are few, spread out, and paid from a budget.

/** Tries in all, the first included. */
export const TRIES = 3
const BASE_MS = 400
const CAP_MS = 8_000

/**
 * Retry budget: every request earns a tenth of a retry. A small reserve lets a page that has just opened
 * retry at all; after that at most 10 % of the requests are retries.
 */
export class RetryBudget {
  private tokens: number
  constructor(
    private readonly share = 0.1,
    private readonly reserve = 2,
  ) {
    this.tokens = reserve
  }
  /** Call once for every first try. */
  earn(): void {
    this.tokens = Math.min(this.tokens + this.share, this.reserve)
  }
  /** True if one retry may be made now. */
  spend(): boolean {
    // Ten earned tenths do not add up to one in binary.
    if (this.tokens < 1 - 1e-9) return false
    this.tokens -= 1
    return true
  }
}

/**
 * Pause in milliseconds before try `attempt` (1 = first retry), full jitter: uniform between zero and the
 * exponential cap, on top of what the server asked for. `random` gives [0, 1).
 */
export function backoffMs(attempt: number, retryAfterMs: number | null, random: () => number): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** attempt)
  return (retryAfterMs ?? 0) + random() * ceiling
}

/** Refusals whose end the person waits for elsewhere, or that somebody has decided. */
const LASTING = ['wait-in-room', 'switched-off']

/** Refusals that may pass by themselves within seconds. */
export function isRetryable({ status, code }: { status: number; code: string }): boolean {
  return !LASTING.includes(code) && (status === 429 || status === 502 || status === 503 || status === 504)
}
