/// The gate itself: a text from any source becomes a verdict on screen and a check-in on disk.
import { signal } from '@preact/signals-core'
import { type Client, createClient } from '../api/client'
import type { Verdict } from '../credential/verdict'
import { looksLikeCode } from '../credential/qr_text'
import { verify } from '../credential/verify'
import type { Database } from '../offline/database'
import { TrustStore } from '../trust/trust_data'
import { announce } from './alarm'
import { CheckInQueue } from './check_ins'
import { type DocumentAnswer, type DocumentCheck, verdictOfAnswer } from './document_check'
import { type Face, faceOf } from './face'
import { Repeats } from './repeats'
import { Settings } from './settings'

/** Where a verdict comes from: a code read by the camera or entered by hand, or a document look-up. */
export type Source = 'camera' | 'hand' | 'document'

/** What the verdict screen shows. */
export interface Shown {
  readonly verdict: Verdict
  readonly face: Face
  readonly atMs: number
  /** Milliseconds since the same code was read here; null the first time. */
  readonly repeatMs: number | null
  readonly source: Source
}

export interface Surroundings {
  readonly nowMs: () => number
  readonly random: () => number
}

/** Everything the page's components need; made once. */
export class Gate {
  readonly settings: Settings
  readonly trust: TrustStore
  readonly queue: CheckInQueue
  readonly client: Client
  /** The verdict on screen, or null while scanning. */
  readonly shown = signal<Shown | null>(null)
  /** A re-read while scanning: shown small, so that a code held a moment longer does not start over. */
  readonly repeated = signal<Shown | null>(null)
  /** True while the camera sees a QR code that is none of ours. */
  readonly notACode = signal(false)
  /** True once the server no longer takes the session; scanning goes on, syncing waits. */
  readonly loggedOut = signal(false)
  private readonly repeats = new Repeats()

  constructor(
    readonly db: Database,
    private readonly around: Surroundings,
  ) {
    this.settings = new Settings(db)
    this.trust = new TrustStore(db, around.nowMs)
    this.client = createClient({
      token: () => this.settings.session.value?.token ?? null,
      fetch: async (input, init) => {
        const response = await fetch(input, init)
        if (response.status === 401) this.loggedOut.value = true
        return response
      },
    })
    this.queue = new CheckInQueue(db, this.client, around)
  }

  /** Reads what earlier sessions left on the device. What can't be read is as good as not there. */
  async load(): Promise<void> {
    await Promise.allSettled([this.settings.load(), this.trust.load(), this.queue.load()])
  }

  /**
   * Judges the text of a code. A camera also sees posters and payment codes: what does not even begin like a
   * code of ours is a remark there, not a verdict.
   */
  async read(text: string, source: Exclude<Source, 'document'> = 'hand'): Promise<void> {
    this.notACode.value = source === 'camera' && !looksLikeCode(text)
    if (this.notACode.value) return
    const atMs = this.around.nowMs()
    await this.present(text, await this.judge(text, atMs), atMs, source)
  }

  /** The verdict on a text with the data of this moment; shows and records nothing. */
  judge(text: string, atMs = this.around.nowMs()): Promise<Verdict> {
    const { keys, keysAtMs, lists, foreign } = this.trust.data.value
    const keysObtainedAtS = keysAtMs === null ? null : Math.floor(keysAtMs / 1000)
    const evidence = { keys, keysObtainedAtS, expectedIssuer: null, lists, foreign }
    return verify(text, evidence, this.settings.rule.value, Math.floor(atMs / 1000))
  }

  /** Asks the server about an identity document; throws `Problem` or `Unreachable`. */
  async checkDocument(check: DocumentCheck): Promise<void> {
    const venueId = this.settings.venue.value?.id
    const answer = await this.client.post<DocumentAnswer>('/v1/checks', { ...check, ...(venueId ? { venueId } : {}) })
    const atMs = this.around.nowMs()
    await this.present(check.document.number, verdictOfAnswer(answer, this.settings.rule.value, atMs), atMs, 'document')
  }

  /** Back to scanning. */
  dismiss(): void {
    this.shown.value = null
  }

  private async present(text: string, verdict: Verdict, atMs: number, source: Source): Promise<void> {
    const earlier = this.repeats.find(text, verdict, atMs)
    const repeatMs = earlier ? atMs - earlier.atMs : null
    const shown: Shown = { verdict, face: faceOf(verdict), atMs, repeatMs, source }
    // What was entered by hand is always answered in full; the camera reads the same code ten times a second.
    if (earlier && earlier.text === text && source === 'camera') {
      this.repeated.value = shown
      return
    }
    this.repeated.value = null
    this.shown.value = shown
    announce(shown.face, this.settings.behaviour.value)
    if (earlier) return
    this.repeats.note({ text, verdict, atMs })
    await this.record(verdict, atMs)
  }

  /** A verdict without a subject is not about anybody we know: nothing to check in. */
  private async record({ subject, outcome }: Verdict, atMs: number): Promise<void> {
    const venueId = this.settings.venue.value?.id
    if (subject === null || venueId === undefined) return
    const at = new Date(atMs).toISOString()
    await this.queue.add({ id: crypto.randomUUID(), venueId, at, subject, outcome })
    void this.queue.sync()
  }
}
