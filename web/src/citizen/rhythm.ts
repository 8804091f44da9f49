/// How long a page that lies open waits until it asks for the code again: a colour must be seen a minute after the lab's post.

/** An unchanged code is answered from memory in microseconds, so asking often is cheap for the server. */
const EVERY_MS = 40_000

/** Pause in ms for a draw of 0 to 1. Spread by half, so that a city does not ask in step. */
export function pauseMs(draw: number): number {
  return EVERY_MS * (0.75 + draw / 2)
}
