/// Requests that have to wait for their turn: they stand still here, and go on by themselves when the place is called.
import { effect } from '@preact/signals-core'
import { placeOf } from '../../api/flow'
import { heldPass } from '../../api/pass'
import { Problem, Unreachable } from '../../api/problem'
import { isRetryable } from '../../api/retry'
import { keepTicket, ticket } from '../../api/ticket'
import type { RoomNow } from '../../api/types'
import { route } from '../route'
import { queue } from '../state'
import { isCalled } from './place'
import { remind, reminding } from './reminder'
import { currentRoom, forgetRoom, room, takeFigures, unreachable } from './room'
import { RoomWatch } from './watch'

/** The person has left the screen or the line: nothing to report. */
export class Left extends Error {}

const TIMEOUT_MS = 10_000
/** A place that was called elsewhere first is tried again after this time. */
const CALLED_AGAIN_MS = 2_000
/** A first ticket is shown so often in a row, and no more. */
const MOST_SHOWN = 5

interface Waiter {
  goOn: () => void
  leave: () => void
}
const waiters = new Set<Waiter>()
/** Requests of this tab that have been told to wait and are not answered yet. */
let pending = 0

function tell(): void {
  queue.value = pending > 0 ? 'pending' : ticket.value ? 'kept' : ''
}

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
function learn(now: Parameters<typeof takeFigures>[0]): void {
  const before = currentRoom()?.calledAtMs ?? null
  takeFigures(now, Date.now(), queue.value === 'pending' ? route.value.screen : null)
  if (before === null && currentRoom()?.calledAtMs != null) void remind()
}

/** Lets waiting requests go on, or go, as ticket and figures now are. */
function settle(): void {
  const held = ticket.value
  const known = currentRoom()
  const called = held && known && isCalled(held.seq, known.now)
  // Another tab may have used the ticket: then its pass serves all.
  if (called || (!held && heldPass(Date.now()))) for (const waiter of [...waiters]) waiter.goOn()
  else if (!held) for (const waiter of [...waiters]) waiter.leave()
}

let started = false

/** Follows ticket and figures from now on. Called with the first place, or when the page finds one kept. */
export function follow(): void {
  if (started) return
  started = true
  document.addEventListener('visibilitychange', () => watch.seen())
  addEventListener('online', () => watch.seen())
  // A form that was left does not go on by itself; the place stays.
  let screen = route.value.screen
  route.subscribe(({ screen: next }) => {
    if (next !== screen) for (const waiter of [...waiters]) waiter.leave()
    screen = next
  })
  if (ticket.value && !currentRoom()) void poll().catch(() => {})
  effect(() => {
    if (!ticket.value && room.value) forgetRoom()
    tell()
    settle()
    watch.plan()
  })
}

/** Resolves when the place is called; rejects with {@link Left}. */
function turn(): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (end: () => void) => () => {
      waiters.delete(waiter)
      end()
    }
    const waiter: Waiter = { goOn: done(resolve), leave: done(() => reject(new Left())) }
    waiters.add(waiter)
    settle()
  })
}

/** Waits for the turn that `refusal` put off. */
async function wait(refusal: Problem): Promise<void> {
  const place = placeOf(refusal)
  if (!place) throw refusal
  const early = currentRoom()?.calledAtMs != null
  learn(place)
  follow()
  // Called by one node, not yet by the one that answered.
  if (early) await new Promise((done) => setTimeout(done, CALLED_AGAIN_MS * (0.5 + Math.random())))
  await turn()
}

/** A refusal that says nothing against the person. */
function mayPass(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Problem && error.code !== 'wait-in-room' && isRetryable(error))
}

/** Called, and within the time to come. */
function stillCalled(): boolean {
  const calledAtMs = currentRoom()?.calledAtMs
  return calledAtMs != null && Date.now() < calledAtMs + (currentRoom()?.now.claimS ?? 0) * 1000
}

/** Runs a write; if the server has no room for it yet, waits in line and runs it again, as often as needed. */
export async function inTurn<T>(request: () => Promise<T>): Promise<T> {
  let waited = false
  let shown = 0
  try {
    for (;;) {
      try {
        return await request()
      } catch (error) {
        if (waited && stillCalled() && mayPass(error)) {
          // The gate was full for a moment, or the line broke: the call stays good, so it goes on by itself.
          await new Promise((done) => setTimeout(done, CALLED_AGAIN_MS * (0.5 + Math.random())))
          continue
        }
        const place = error instanceof Problem ? placeOf(error) : null
        if (!(error instanceof Problem) || !place) throw error
        if (place.seq === null) {
          // Only who shows the ticket again, after a moment, gets a place.
          shown += 1
          if (shown > MOST_SHOWN) throw error
          await new Promise((done) => setTimeout(done, (place.placeAfterS ?? 1) * 1000 * (1 + Math.random() / 2)))
          continue
        }
        if (!waited) pending += 1
        waited = true
        tell()
        await wait(error)
      }
    }
  } finally {
    if (waited) pending -= 1
    tell()
  }
}

/** Gives the place back. */
export function leaveLine(): void {
  keepTicket(null)
  forgetRoom()
  for (const waiter of [...waiters]) waiter.leave()
}
