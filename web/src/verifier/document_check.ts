/// The lane for people without a code: the server is asked about an identity document, with a purpose.
import type { DocumentInput } from '../api/types'
import type { Colour, TestOutcome } from '../credential/claims'
import { judgeColour, judgeTest } from '../credential/judge'
import type { VenueRule } from '../credential/venue_rule'
import { type Verdict, openVerdict } from '../credential/verdict'

export interface DocumentCheck {
  readonly document: DocumentInput
  readonly purpose: string
}

/** The server's answer to `POST /v1/checks` with a document. */
export interface DocumentAnswer {
  readonly name: string
  readonly documentTail: string
  readonly colour: Colour
  readonly test: { sampled: string; reported: string; outcome: TestOutcome; institution: string } | null
  readonly vaccine: { doses: number; last: string } | null
  readonly subject: string
  readonly asOf: string
}

const secondsOf = (text: string): number => Math.floor(Date.parse(text) / 1000)

/** The verdict for somebody the server has looked up: the same rule as for a code, decided on fresh data. */
export function verdictOfAnswer(answer: DocumentAnswer, rule: VenueRule, nowMs: number): Verdict {
  const nowS = Math.floor(nowMs / 1000)
  const test = answer.test && {
    sampled: secondsOf(answer.test.sampled),
    reported: secondsOf(answer.test.reported),
    outcome: answer.test.outcome,
    institution: answer.test.institution,
  }
  const verdict: Verdict = {
    ...openVerdict(),
    colourSource: 'status-list',
    name: answer.name,
    documentTail: answer.documentTail,
    test,
    vaccine: answer.vaccine,
    subject: answer.subject,
  }
  verdict.ages.statusListS = Math.max(0, nowS - secondsOf(answer.asOf))
  judgeColour(verdict, answer.colour, rule)
  judgeTest(verdict, test, rule, nowS)
  return verdict
}
