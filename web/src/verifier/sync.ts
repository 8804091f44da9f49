/// Keeps the gate in step with the server: news about every 30 s and whenever the network or the page comes back.
import type { Gate } from './gate'
import { REFRESH_MS } from './trust_data'

const QUEUE_MS = 5_000
/** Gates that came back together must not go on asking together; at the latest a colour change is still known in time. */
const SPREAD = 0.2

/** Starts the timers of the page; they run until it is closed. */
export function keepInSync(gate: Gate): void {
  const refresh = () => void gate.trust.refresh().then(() => gate.queue.sync())
  refresh()
  const later = () => setTimeout(() => (refresh(), later()), REFRESH_MS * (1 - SPREAD / 2 + SPREAD * Math.random()))
  later()
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
