/// Keeps the gate in step with the server: news every 30 s and whenever the network or the page comes back.
import type { Gate } from './gate'
import { REFRESH_MS } from './trust_data'

const QUEUE_MS = 5_000

/** Starts the timers of the page; they run until it is closed. */
export function keepInSync(gate: Gate): void {
  const refresh = () => void gate.trust.refresh().then(() => gate.queue.sync())
  refresh()
  setInterval(refresh, REFRESH_MS)
  setInterval(() => {
    if (gate.queue.waiting.value > 0 && !gate.loggedOut.value) void gate.queue.sync()
  }, QUEUE_MS)
  addEventListener('online', refresh)
  addEventListener('offline', () => {
    gate.trust.online.value = false
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') refresh()
  })
}
