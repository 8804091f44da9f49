/// Ends what a test has left open, also one that failed: an open browser or server would keep the run from ending.
import { afterEach } from 'node:test'

/** How to end each thing that is open. */
const open = new Set()

// A script that measures is no test; it ends its browser itself.
if (process.env.NODE_TEST_CONTEXT) {
  afterEach(async () => {
    await Promise.allSettled([...open].map((end) => end()))
    open.clear()
  })
}

/** Calls `end` after the test, if it has not been called before. Answers what to call. */
export function endedAfterTest(end) {
  let ended
  const once = () => {
    open.delete(once)
    ended ??= end()
    return ended
  }
  open.add(once)
  return once
}
