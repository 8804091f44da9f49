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
export function takeTicket(offered: { text: string; seq: number; expired: boolean }, shown: string | undefined): void {
  const held = heldTicket()
  const raced = held !== null && held.text !== shown && held.seq <= offered.seq
  if (raced) return
  const { text, seq, expired } = offered
  const worse = held !== null && held.text === shown && seq > held.seq
  const kept = held?.text === text && held.renewed
  keepTicket({ text, seq, renewed: expired || worse || kept })
}
