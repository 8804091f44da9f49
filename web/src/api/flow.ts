/// What a resident's requests say about the flow they belong to, and what they learn from each answer.
import { heldPass, keepPass } from './pass'
import type { Problem } from './problem'
import { heldTicket, keepTicket, takeTicket, ticketToShow } from './ticket'
import type { WaitInRoom } from './types'

/** Header names of the contract. */
export const PASS = 'Yimatong-Pass'
export const TICKET = 'Yimatong-Ticket'

export interface Flow {
  /** Headers of one try. Reads need neither pass nor place. */
  headers(method: string, path: string): Record<string, string>
  /** Learns from an answer to a request that was sent with `sent`. */
  learn(method: string, sent: Record<string, string>, answer: FlowAnswer): void
}

export interface FlowAnswer {
  ok: boolean
  /** `Yimatong-Pass` of the answer. */
  pass: string | null
  problem: Problem | null
}

/** The place an answer gave, or null if it is another one. */
export function placeOf(problem: Problem | null): WaitInRoom | null {
  return problem?.code === 'wait-in-room' ? (problem.document as unknown as WaitInRoom) : null
}

/** A flow kept in localStorage, one for all tabs. */
export function residentFlow(now: () => number): Flow {
  return {
    headers(method, path) {
      const headers: Record<string, string> = {}
      // Logging out is no step of a flow: it must not use up the place of somebody who waits.
      if (method === 'GET' || path === '/v1/session') return headers
      const [pass, ticket] = [heldPass(now()), ticketToShow()]
      if (pass) headers[PASS] = pass
      if (ticket) headers[TICKET] = ticket
      return headers
    },
    learn(method, sent, { ok, pass, problem }) {
      const place = placeOf(problem)
      if (place) {
        // A pass that was sent and did not help is none any more.
        if (sent[PASS] && heldPass(now()) === sent[PASS]) keepPass(null, now())
        return takeTicket({ text: place.ticket, seq: place.seq, expired: place.expired }, sent[TICKET])
      }
      const finished = ok && method !== 'GET'
      if (pass) keepPass(pass, now())
      else if (finished && sent[PASS]) keepPass(null, now())
      // Let in: the ticket has done its work.
      if ((pass || finished) && sent[TICKET] && heldTicket()?.text === sent[TICKET]) keepTicket(null)
    },
  }
}
