/// This device's place in the waiting room: one ticket for all tabs, kept until it has led somewhere.
import { signal } from '@preact/signals-core'
import { keepRecord, keptRecord, onOtherTab } from './kept'

export interface Ticket {
  /** What the server wants to see again. */
  text: string
  /** The place: a ticket is called once `seq < serving`. */
  seq: number
  /** An earlier ticket of this device was called and not used in time; this is a new place. */
  renewed: boolean
}

const KEPT = 'yimatong-ticket'

export const ticket = signal<Ticket | null>(keptRecord<Ticket>(KEPT))

onOtherTab(KEPT, () => {
  ticket.value = keptRecord<Ticket>(KEPT)
})

/** A ticket without a place: it gets one when it is shown, a moment later. */
let unplaced: string | undefined

/** What to show with the next request: the place, or the right to one. */
export function ticketToShow(): string | undefined {
  return heldTicket()?.text ?? unplaced
}

/** Keeps a ticket, or forgets the one there was. */
export function keepTicket(next: Ticket | null): void {
  keepRecord(KEPT, next)
  ticket.value = next
}

/** Looks at what other tabs may have kept meanwhile. */
export function heldTicket(): Ticket | null {
  const kept = keptRecord<Ticket>(KEPT)
  if (kept?.text !== ticket.value?.text) ticket.value = kept
  return ticket.value
}

/**
 * Takes the ticket of an answer; `shown` is the one that was sent. The server's word counts, except where two
 * requests were on their way at once: then the better of two places stays, and the other one is never used.
 */
export function takeTicket({ text, seq, expired }: { text: string; seq: number | null; expired: boolean }, shown: string | undefined): void {
  const held = heldTicket()
  unplaced = seq === null ? text : undefined
  if (seq === null) {
    // The server does not know the place that was shown (any more).
    if (held && held.text === shown) keepTicket(null)
    return
  }
  const raced = held !== null && held.text !== shown && held.seq <= seq
  if (raced) return
  const worse = held !== null && held.text === shown && seq > held.seq
  const kept = held?.text === text && held.renewed
  keepTicket({ text, seq, renewed: expired || worse || kept })
}
