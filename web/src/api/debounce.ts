/// Answers impatient refreshes locally: at most one request per 3 s, however often the button is pressed.

/** Shortest time between two refreshes, in milliseconds. */
export const REFRESH_DEBOUNCE_MS = 3_000

/** Wraps a refresh: calls inside the window share the running or the last one. */
export function debounced<T>(refresh: () => Promise<T>, now: () => number, windowMs = REFRESH_DEBOUNCE_MS): () => Promise<T> {
  let last: { at: number; answer: Promise<T> } | null = null
  return () => {
    if (!last || now() - last.at >= windowMs) last = { at: now(), answer: refresh() }
    return last.answer
  }
}
