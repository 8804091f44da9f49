/// Follows this device's place: asks for the room's figures while there is one, and tells the person when it is called.
import { effect } from '@preact/signals-core'
import { ticket } from '../../api/ticket'
import type { RoomNow } from '../../api/types'
import { route } from '../route'
import { queue } from '../state'
import { settle, tell } from './line'
import { remind, reminding } from './reminder'
import { currentRoom, forgetRoom, room, takeFigures, unreachable } from './room'
import { RoomWatch } from './watch'

const TIMEOUT_MS = 10_000

/** Figures without any header of ours: the same bytes for everybody, from any cache on the way. */
async function poll(): Promise<void> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS)
  try {
    const response = await fetch('/v1/room/now.json', { signal: abort.signal })
    if (!response.ok) throw new Error(`${response.status}`)
    const now = (await response.json()) as RoomNow
    unreachable.value = false
    learn(now)
  } catch (error) {
    unreachable.value = true
    throw error
  } finally {
    clearTimeout(timer)
  }
}

const watch = new RoomWatch({
  poll,
  known: () => {
    const known = currentRoom()
    if (!known || known.calledAtMs !== null) return null
    return { ahead: known.shown.ahead, figures: known.now, readAtMs: known.readAtMs }
  },
  isHidden: () => document.visibilityState === 'hidden',
  isReminding: () => reminding.value === 'agreed',
  nowMs: () => Date.now(),
  random: Math.random,
  later: (callBack, ms) => {
    const timer = setTimeout(callBack, ms)
    return () => clearTimeout(timer)
  },
})

/** Takes figures; the tab that reads them first also tells the person. */
export function learn(now: Parameters<typeof takeFigures>[0]): void {
  const before = currentRoom()?.calledAtMs ?? null
  takeFigures(now, Date.now(), queue.value === 'pending' ? route.value.screen : null)
  if (before === null && currentRoom()?.calledAtMs != null) void remind()
}

let started = false

/** Follows ticket and figures from now on. Called with the first place, or when the page finds one kept. */
export function follow(): void {
  if (started) return
  started = true
  document.addEventListener('visibilitychange', () => watch.seen())
  addEventListener('online', () => watch.seen())
  if (ticket.value && !currentRoom()) void poll().catch(() => {})
  effect(() => {
    if (!ticket.value && room.value) forgetRoom()
    tell()
    settle()
    watch.plan()
  })
}
