/// Keeps a page that works offline in step with the server: news about every 30 s and whenever the network or the page comes back.
import { REFRESH_MS, type TrustStore } from './trust_data'

const QUEUE_MS = 5_000
/** Gates that came back together must not go on asking together; at the latest a colour change is still known in time. */
const SPREAD = 0.2

export interface Kept {
  readonly trust: TrustStore
  /** True while something waits that may be sent now. */
  readonly mayBeSent: () => boolean
  /** Sends what waits; decides itself whether it is too early. */
  readonly send: () => Promise<void>
}

/** Starts the timers of the page; they run until it is closed. */
export function keepInSync({ trust, mayBeSent, send }: Kept): void {
  const refresh = () => void trust.refresh().then(send)
  refresh()
  const later = () => setTimeout(() => (refresh(), later()), REFRESH_MS * (1 - SPREAD / 2 + SPREAD * Math.random()))
  later()
  setInterval(() => {
    if (mayBeSent()) void send()
  }, QUEUE_MS)
  addEventListener('online', refresh)
  addEventListener('offline', () => {
    trust.online.value = false
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') refresh()
  })
}
