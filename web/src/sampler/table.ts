/// The sampling table: a text from any source opens a tube or brings a person; nothing is told before it is on the disk.
import { signal } from '@preact/signals-core'
import type { DocumentInput } from '../api/types'
import { looksLikeCode } from '../credential/qr_text'
import type { Verdict } from '../credential/verdict'
import { canonicalNumber } from '../ui/resident_id'
import { announce, type Mood } from './alarm'
import { type Candidate, ofCode, ofDocument, whyNot } from './candidate'
import type { Asked } from './elsewhere'
import { type Came, Intake, type IntakeOf, STILL_THERE_MS } from './intake'
import { isResidentId, misreadResidentId, readBarcode } from '../ui/barcode'
import type { Settings } from './settings'
import { type Held, isQuestion, type Shown } from './shown'
import type { Errand, SampleRow, TubeRow } from './store/rows'
import { Refused } from './store/sample_store'

/** How a text came in. The camera also sees what nobody meant to scan. */
export type Via = 'camera' | 'scanner' | 'typed'

/** The document form, opened by hand or by a scanned number. */
export interface DocumentForm extends DocumentInput {
  readonly scanned: boolean
  readonly name: string
  /** The server does not know the person: without a name they can't be registered. */
  readonly nameNeeded: boolean
}

export interface TableOf extends IntakeOf {
  readonly settings: Settings
  /** Judges the text of a code with the data of this moment. */
  readonly judgeCode: (text: string) => Promise<Verdict>
  /** After every change on the disk. */
  readonly changed: (sampledMs?: number) => void
}

export class Table {
  /** The tube on the table, or null. */
  readonly tube = signal<TubeRow | null>(null)
  /** Everybody in it, undone ones too. */
  readonly people = signal<readonly SampleRow[]>([])
  /** Open tubes that were set aside. */
  readonly aside = signal<readonly TubeRow[]>([])
  readonly shown = signal<Shown | null>(null)
  /** Something small about a scan that changes nothing. */
  readonly remark = signal<'not-ours' | 'still-there' | 'same-tube' | null>(null)
  readonly form = signal<DocumentForm | null>(null)
  /** A person who waits for a tube of their own. */
  readonly held = signal<Held | null>(null)
  /** The tube that was last to be opened again. */
  private asked: TubeRow | undefined
  private turn: Promise<unknown> = Promise.resolve()
  private last: { text: string; atMs: number } | null = null

  private readonly intake: Intake

  constructor(private readonly of: TableOf) {
    this.intake = new Intake(of)
  }

  /** Puts the latest open tube back on the table. */
  load(): Promise<void> {
    // In turn: what was read before a scan must not be shown after it.
    const next = this.turn.then(() => this.show(this.tube.value?.tube))
    this.turn = next.catch(() => undefined)
    return next
  }

  /** Takes a text in; one after the other, however fast they come. */
  read(text: string, via: Via): Promise<void> {
    return this.inTurn(() => this.take(text, via))
  }

  /** Takes a person in by document. */
  byDocument(form: DocumentInput & { name: string; scanned: boolean }): Promise<void> {
    return this.inTurn(async () => {
      this.form.value = null
      await this.offer(ofDocument(form, form.name, form.scanned))
    })
  }

  openForm(form: Partial<DocumentForm> = {}): void {
    if (!this.tube.value) return this.say({ kind: 'no-tube' }, 'refuse')
    // What was said of the person before is not about this one.
    this.dismiss()
    this.form.value = { kind: 'resident-id', number: '', name: '', scanned: false, nameNeeded: false, ...form }
  }

  dismiss(): void {
    this.shown.value = null
    this.remark.value = null
  }

  /** The sampler has looked and takes the person all the same. */
  takeAnyway(): Promise<void> {
    return this.inTurn(async () => {
      const shown = this.shown.value
      if (shown?.kind !== 'person' || shown.final) return
      const tube = this.tube.value
      if (tube) await this.follow(shown.candidate, await this.intake.bind(shown.candidate, tube, []))
    })
  }

  /** Puts the tube aside for one person who needs a tube of their own. */
  holdForSingle(): void {
    const shown = this.shown.value
    if (shown?.kind !== 'person') return
    this.held.value = { candidate: shown.candidate, size: 1 }
    this.dismiss()
  }

  letGo(): void {
    this.held.value = null
  }

  /** Answers to another barcode while a tube is open. */
  switchTube(seal: boolean): Promise<void> {
    return this.inTurn(async () => {
      const shown = this.shown.value
      if (shown?.kind !== 'switch') return
      const sealed = seal ? await this.of.store.seal(shown.open.tube, this.of.nowMs()) : undefined
      await this.putOnTable(shown.next, sealed)
    })
  }

  seal(): Promise<void> {
    return this.inTurn(async () => {
      const open = this.tube.value
      if (!open) return
      const tube = await this.of.store.seal(open.tube, this.of.nowMs())
      this.of.changed()
      await this.show()
      this.say({ kind: 'sealed', tube }, 'sealed')
    })
  }

  /** Takes a tube that nobody is in off the table. */
  drop(): Promise<void> {
    return this.inTurn(async () => {
      const open = this.tube.value
      if (open) await this.of.store.dropEmpty(open.tube)
      await this.show()
      this.of.changed()
    })
  }

  undo(row: SampleRow): Promise<void> {
    return this.inTurn(async () => {
      const sample = await this.of.store.undo(row.id, this.of.nowMs(), (held) => this.undoErrand(held))
      this.last = null
      this.of.changed()
      await this.show(this.tube.value?.tube)
      this.say({ kind: 'undone', sample, tube: this.tube.value }, 'done')
    })
  }

  /** Opens a sealed tube again, or puts one that was set aside on the table. */
  resume(tube: string): Promise<void> {
    return this.inTurn(async () => {
      const before = await this.of.store.tube(tube)
      this.asked = before
      const row = await this.of.store.reopen(tube)
      this.of.changed()
      await this.show(tube)
      this.say({ kind: before?.open ? 'resumed' : 'reopened', tube: row }, 'done')
    })
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.turn.then(work).catch((error: unknown) => this.failed(error))
    this.turn = next
    return next
  }

  /** Nothing was written: the sampler must know. */
  private async failed(error: unknown): Promise<void> {
    await this.show(this.tube.value?.tube).catch(() => undefined)
    const tube = this.tube.value
    if (error instanceof Refused && error.why === 'seal-sent' && this.asked) return this.say({ kind: 'used', tube: this.asked }, 'refuse')
    if (error instanceof Refused) return this.say(tube ? { kind: 'resumed', tube } : { kind: 'no-tube' }, 'refuse')
    this.say({ kind: 'not-saved' }, 'refuse')
  }

  private say(shown: Shown, mood: Mood): void {
    this.remark.value = null
    this.shown.value = shown
    announce(mood, this.of.settings.behaviour.value)
  }

  /** Shows a tube if it is open, else the latest open one. */
  private async show(tube?: string): Promise<void> {
    const open = await this.of.store.openTubes()
    const current = open.find((row) => row.tube === tube) ?? open.at(-1) ?? null
    this.people.value = current ? await this.of.store.people(current.tube) : []
    this.aside.value = open.filter((row) => row !== current)
    this.tube.value = current
  }

  private async take(text: string, via: Via): Promise<void> {
    if (isQuestion(this.shown.value)) return announce('ask', this.of.settings.behaviour.value)
    if (via === 'camera' && this.isStillThere(text)) return
    if (looksLikeCode(text)) return this.takeCode(text)
    if (isResidentId(text)) return this.takeNumber(text, via)
    const misread = misreadResidentId(text, this.of.nowMs())
    if (misread) {
      // Somebody's number with a digit wrong: as a tube it would be nobody's.
      this.note(text)
      return this.say({ kind: 'bad-barcode', error: misread, text }, 'refuse')
    }
    const read = readBarcode(text)
    if ('barcode' in read) return this.takeBarcode(read.barcode)
    // Posters and payment codes hang around at every table.
    if (via === 'camera') this.remark.value = 'not-ours'
    else this.say({ kind: 'bad-barcode', error: read.error, text }, 'refuse')
  }

  private isStillThere(text: string): boolean {
    const atMs = this.of.nowMs()
    const same = this.last?.text === text && atMs - this.last.atMs < STILL_THERE_MS
    if (same && this.last) this.last = { ...this.last, atMs }
    return same
  }

  private async takeCode(text: string): Promise<void> {
    const verdict = await this.of.judgeCode(text)
    const reasons = whyNot(verdict)
    this.note(text)
    if (reasons.length > 0 || verdict.subject === null) return this.say({ kind: 'bad-code', reasons }, 'refuse')
    await this.offer(ofCode(text, verdict))
  }

  private note(text: string): void {
    this.last = { text, atMs: this.of.nowMs() }
  }

  /** A scanned identity number: the person is taken at once if the server knows them, else the name is asked for. */
  private async takeNumber(number: string, via: Via): Promise<void> {
    const scanned = via !== 'typed'
    this.note(number)
    const tube = this.tube.value
    if (!tube) return this.say({ kind: 'no-tube' }, 'refuse')
    const document = { kind: 'resident-id' as const, number: canonicalNumber(number) }
    const asked = await this.of.elsewhere.ask({ document }, tube.campaign)
    if (asked.answer?.known) return this.offer(ofDocument(document, '', scanned), asked)
    this.openForm({ ...document, scanned, nameNeeded: asked.answer !== null })
    announce('ask', this.of.settings.behaviour.value)
  }

  private async takeBarcode(barcode: string): Promise<void> {
    const open = this.tube.value
    this.note(barcode)
    if (open?.tube === barcode) {
      this.remark.value = 'same-tube'
      return
    }
    if (!open || open.people === 0) {
      if (open) await this.of.store.dropEmpty(open.tube)
      return this.putOnTable(barcode)
    }
    const known = await this.of.store.tube(barcode)
    if (known?.sealedMs !== undefined) return this.say({ kind: 'used', tube: known }, 'refuse')
    // For one person who needs a tube of their own the other waits; a full one is sealed by the next.
    if (this.held.value || known) return this.putOnTable(barcode)
    if (open.people < open.size) return this.say({ kind: 'switch', open, next: barcode }, 'ask')
    await this.putOnTable(barcode, await this.of.store.seal(open.tube, this.of.nowMs()))
  }

  /** Opens a tube new to this device, or goes on with one that was set aside. */
  private async putOnTable(barcode: string, sealed?: TubeRow): Promise<void> {
    const known = await this.of.store.tube(barcode)
    if (known?.sealedMs !== undefined) {
      await this.show(this.tube.value?.tube)
      return this.say({ kind: 'used', tube: known }, 'refuse')
    }
    const { point, campaign, size, household } = this.of.settings.setup.value
    const openedMs = this.of.nowMs()
    const fresh = { tube: barcode, size: this.held.value?.size ?? size, household, campaign: campaign?.number ?? null }
    const tube = known ? await this.of.store.reopen(barcode) : (await this.of.store.openTube({ ...fresh, pointId: point?.id ?? 0, openedMs, people: 0 }))
    this.of.changed()
    await this.show(barcode)
    const held = this.held.value
    this.held.value = null
    this.say({ kind: known ? 'resumed' : 'opened', tube, ...(sealed ? { sealed } : {}) }, sealed ? 'sealed' : 'done')
    if (held) await this.offer(held.candidate)
  }

  /** Judges a person and binds them, or says why not. */
  private async offer(candidate: Candidate, earlier?: Asked): Promise<void> {
    const tube = this.tube.value
    if (!tube) return this.say({ kind: 'no-tube' }, 'refuse')
    await this.follow(candidate, await this.intake.offer(candidate, tube, this.people.value, earlier))
  }

  private async follow(candidate: Candidate, came: Came): Promise<void> {
    if (came === 'still-there') {
      this.remark.value = 'still-there'
      return
    }
    if (came === 'name-needed') return this.askName(candidate)
    if (came.shown.kind === 'bound') this.of.changed(came.shown.sample.sampledMs)
    await this.show(this.tube.value?.tube)
    this.say(came.shown, came.mood)
  }

  private askName({ person, source }: Candidate): void {
    if (!('document' in person)) return
    this.openForm({ ...person.document, scanned: source === 'id-card', nameNeeded: true })
    announce('refuse', this.of.settings.behaviour.value)
  }

  private undoErrand({ id, tube, sampledMs }: SampleRow): Errand {
    return {
      kind: 'undo',
      path: `/v1/tubes/${encodeURIComponent(tube)}/samples/${id}/undo`,
      body: { remark: '采样台撤销 undone at the table' },
      atMs: this.of.nowMs(),
      key: crypto.randomUUID(),
      about: `${tube} ${new Date(sampledMs).toISOString()}`,
    }
  }
}
