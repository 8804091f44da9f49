/// Asks the server about a person, and never lets the table wait for it.
import type { Client } from '../api/client'
import { isPaused } from '../api/pause'
import { Problem } from '../api/problem'
import type { SampleCheck } from '../api/types'
import type { SampledPerson } from './store/rows'

/** Longest time the table waits for an answer. */
export const LIMIT_MS = 2_000
/** After one that did not come the server is left alone for so long. */
const REST_MS = 30_000

export interface Asked {
  readonly answer: SampleCheck | null
  /** There should have been an answer. */
  readonly unanswered: boolean
}

const NOT_ASKED: Asked = { answer: null, unanswered: false }

export class Elsewhere {
  private restUntilMs = 0

  constructor(
    private readonly client: Client,
    private readonly online: () => boolean,
    private readonly nowMs: () => number,
  ) {}

  /** The server's answer about a person, if there is one within 2 s. Never throws. */
  async ask(person: SampledPerson, campaign: number | null): Promise<Asked> {
    if (!this.online() || isPaused(this.restUntilMs, this.nowMs(), REST_MS)) return NOT_ASKED
    // The name is no part of the question: who somebody is follows from the document.
    const { subject, document } = person as { subject?: string; document?: unknown }
    const who = subject === undefined ? { document } : { subject }
    const body = { ...(campaign === null ? {} : { campaign }), person: who }
    try {
      const answer = await this.client.post<SampleCheck>('/v1/samples/check', body, { timeoutMs: LIMIT_MS, tries: 1 })
      return { answer, unanswered: false }
    } catch (error) {
      // What the server refuses it would refuse again; what it does not answer is not worth two seconds each time.
      if (!(error instanceof Problem)) this.restUntilMs = this.nowMs() + REST_MS
      return { answer: null, unanswered: true }
    }
  }
}
