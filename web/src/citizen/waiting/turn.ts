/// Requests that have to wait for their turn: they stand still here, and go on by themselves when the place is called.
import { placeOf } from '../../api/flow'
import { Problem, Unreachable } from '../../api/problem'
import { isRetryable } from '../../api/retry'
import { heldTicket, keepTicket } from '../../api/ticket'
import type { WaitInRoom } from '../../api/types'
import { route } from '../route'
import { follow, learn } from './follow'
import { begin, called, end, Left, leaveForms, tell, type Turn } from './line'
import { CLAIM_S, currentRoom } from './room'

export { follow } from './follow'
export { Left, leaveLine } from './line'

/** A place that was called elsewhere first is tried again after this time. */
const CALLED_AGAIN_MS = 2_000
/** A first ticket is shown so often in a row, and no more. */
const MOST_SHOWN = 5

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
const pauseBeforeCall = () => pause(CALLED_AGAIN_MS * (0.5 + Math.random()))

/** A refusal that says nothing against the person. */
function mayPass(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Problem && error.code !== 'wait-in-room' && isRetryable(error))
}

/** Waits in line with a place; answers until when a call is good, in ms. */
async function wait(turn: Turn, place: WaitInRoom): Promise<number> {
  turn.waited = true
  tell()
  const early = currentRoom()?.calledAtMs != null
  learn(place)
  follow()
  // Called by one node, not yet by the one that answered.
  if (early) await pauseBeforeCall()
  const claimS = currentRoom()?.now.claimS ?? CLAIM_S
  await called(turn)
  return (currentRoom()?.calledAtMs ?? Date.now()) + claimS * 1000
}

/** The person is gone: a place that the request was given meanwhile goes with them, if they gave theirs back. */
function drop(turn: Turn, place: WaitInRoom | null): never {
  if (turn.gaveBack && place && heldTicket()?.text === place.ticket) keepTicket(null)
  throw new Left()
}

async function untilDone<T>(turn: Turn, request: () => Promise<T>): Promise<T> {
  let shown = 0
  let calledUntilMs = 0
  /** Waits until another try makes sense; throws if none does. */
  const again = async (error: unknown) => {
    const place = error instanceof Problem ? placeOf(error) : null
    if (turn.left) drop(turn, place)
    if (place && place.seq !== null) calledUntilMs = await wait(turn, place)
    // Only who shows the ticket again gets a place.
    else if (place && shown++ < MOST_SHOWN) await pause((place.placeAfterS ?? 1) * 1000 * (1 + Math.random() / 2))
    // The gate was full for a moment, or the line broke: the call stays good, so it goes on by itself.
    else if (Date.now() < calledUntilMs && mayPass(error)) await pauseBeforeCall()
    else throw error
    if (turn.left) drop(turn, null)
  }
  for (;;) {
    try {
      // What was done is done, also for somebody who has left meanwhile.
      return await request()
    } catch (error) {
      await again(error)
    }
  }
}

let screen = ''

/** A form that was left does not go on by itself; the place stays. */
function followScreen(): void {
  if (screen) return
  screen = route.value.screen
  route.subscribe(({ screen: next }) => {
    if (next !== screen) leaveForms()
    screen = next
  })
}

/** Runs a write; if the server has no room for it yet, waits in line and runs it again, as often as needed. */
export async function inTurn<T>(request: () => Promise<T>): Promise<T> {
  followScreen()
  const turn = begin()
  try {
    return await untilDone(turn, request)
  } finally {
    end(turn)
  }
}
