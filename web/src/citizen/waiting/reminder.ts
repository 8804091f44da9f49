/// Telling somebody who looked away that their turn has come. Permission is asked for once, by a button.
import { signal } from '@preact/signals-core'
import { keepText, keptText } from '../../api/kept'
import { w } from '../text/waiting'

const KEPT = 'yimatong-remind'

/** Not to be had in this browser; not asked yet; agreed; declined. */
export type Reminding = 'absent' | 'unasked' | 'agreed' | 'declined'

function known(): Reminding {
  if (typeof Notification === 'undefined') return 'absent'
  if (Notification.permission === 'granted') return 'agreed'
  return Notification.permission === 'denied' || keptText(KEPT) ? 'declined' : 'unasked'
}

export const reminding = signal<Reminding>(known())

/** Asks the browser for permission; the answer, also none, is remembered. */
export async function askToRemind(): Promise<void> {
  keepText(KEPT, 'asked')
  await Notification.requestPermission().catch(() => {})
  reminding.value = known()
}

const VIBRATION_MS = [300, 150, 300, 150, 300]

/** Tells that the turn has come: vibration always, a notification where agreed. Never throws. */
export async function remind(): Promise<void> {
  try {
    navigator.vibrate?.(VIBRATION_MS)
    if (reminding.value !== 'agreed') return
    const options: NotificationOptions = { body: w('calledBody'), tag: 'yimatong-called', requireInteraction: true }
    // Phones show notifications of a service worker only.
    const worker = await navigator.serviceWorker?.getRegistration('/')
    if (worker) await worker.showNotification(w('called'), options)
    else new Notification(w('called'), options)
  } catch {
    // The page itself says it too.
  }
}
