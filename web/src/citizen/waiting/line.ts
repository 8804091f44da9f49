/// The requests of this tab that stand in line, and what lets them go on or go.
import { keepText, keptText } from '../../api/kept'
import { heldPass } from '../../api/pass'
import { keepTicket, ticket } from '../../api/ticket'
import { queue } from '../state'
import { isCalled } from './place'
import { currentRoom, forgetRoom } from './room'

/** The person has left the screen or the line: nothing to report. */
export class Left extends Error {}

/** The ticket that was given back last: one that went without this was used, in this tab or another. */
const GIVEN_BACK = 'yimatong-given-back'

/** One request, from its first try to its end. */
export interface Turn {
  /** It was told to wait. */
  waited: boolean
  /** Its form was left: it does not go on by itself. */
  left: boolean
  /** Its place was given back: it must not take another one. */
  gaveBack: boolean
  /** Ends its wait; null while it does not wait. */
  wake: (() => void) | null
}
const turns = new Set<Turn>()

/** A request begins. */
export function begin(): Turn {
  const turn: Turn = { waited: false, left: false, gaveBack: false, wake: null }
  turns.add(turn)
  return turn
}

/** A request is answered. */
export function end(turn: Turn): void {
  turns.delete(turn)
  tell()
}

/** Says on the page whether something waits. */
export function tell(): void {
  const pending = [...turns].some(({ waited, left }) => waited && !left)
  queue.value = pending ? 'pending' : ticket.value ? 'kept' : ''
}

function wakeAll(): void {
  for (const turn of [...turns]) turn.wake?.()
}

/** The form was left; the place stays. */
export function leaveForms(): void {
  for (const turn of turns) turn.left = true
  wakeAll()
  tell()
}

/** The place was given back, here or in another tab: also by those whose request is on its way. */
function giveBack(): void {
  for (const turn of turns) turn.gaveBack = true
  leaveForms()
}

/** Gives the place back. */
export function leaveLine(): void {
  if (ticket.value) keepText(GIVEN_BACK, ticket.value.text)
  giveBack()
  keepTicket(null)
  forgetRoom()
}

/** The newest ticket there was. */
let last: string | null = null

/** Lets waiting requests go on, or go, as ticket, pass and figures now are. */
export function settle(): void {
  const [held, known] = [ticket.value, currentRoom()]
  if (held) last = held.text
  else if (last !== null && keptText(GIVEN_BACK) === last) {
    last = null
    giveBack()
  }
  // A pass, of whichever tab, serves them all. Whose ticket was used without leaving one comes anew.
  if (!held || heldPass(Date.now()) || (known && isCalled(held.seq, known.now))) wakeAll()
}

/** Resolves when the place is called, or rejects with {@link Left}. */
export async function called(turn: Turn): Promise<void> {
  await new Promise<void>((done) => {
    turn.wake = done
    if (turn.left) done()
    else settle()
  })
  turn.wake = null
  if (turn.left) throw new Left()
}
