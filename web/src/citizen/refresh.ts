/// When the page asks the server again: on opening, every few minutes while visible, and on request.
import { debounced } from '../api/debounce'
import { learnServer, refreshCode } from './server_talk'
import { contact, holding } from './state'

const EVERY_MS = 180_000
/** Coming back to the page sooner than this shows what is there. */
const FRESH_ENOUGH_MS = 30_000

/** Refresh for the button: impatience is answered locally. */
export const refreshNow = debounced(refreshCode, () => Date.now())

function isDue(): boolean {
  const checked = holding.value?.checkedAt ?? 0
  return contact.value !== 'current' || Date.now() - checked > FRESH_ENOUGH_MS
}

/** Starts background refreshes. The pause is spread by half, so that a city does not ask in step. */
export function keepFresh(): void {
  const later = () =>
    setTimeout(
      () => {
        if (document.visibilityState === 'visible') void refreshNow()
        later()
      },
      EVERY_MS * (0.75 + Math.random() / 2),
    )
  later()
  const back = () => {
    if (document.visibilityState === 'visible' && isDue()) void refreshNow()
  }
  document.addEventListener('visibilitychange', back)
  addEventListener('online', back)
  void refreshNow()
  void learnServer()
}
