/// What the table keeps on the device. Personal data are in `person` alone, and only until the server has the sample.
import type { DocumentInput, SampleSource, TubeSize } from '../../api/types'

/** Whose swab it is, as the server is told. */
export type SampledPerson = { readonly subject: string } | { readonly document: DocumentInput; readonly name?: string }

/** Masked name and document tail: what a code shows to anybody. */
export interface Label {
  readonly name: string
  readonly tail: string
}

/** Why the server did not take a row. */
export interface Refusal {
  /** A stable word. */
  readonly problem: string
  /** A sentence, where the server gave one. */
  readonly zh?: string
  readonly en?: string
}

export interface TubeRow {
  readonly tube: string
  readonly size: TubeSize
  readonly household: boolean
  readonly campaign: number | null
  readonly pointId: number
  readonly openedMs: number
  /** Live samples. */
  people: number
  /** 1 while it is open. */
  open?: 1
  sealedMs?: number
  /** The sealing time while the server has not acknowledged it. */
  sealQueue?: number
  /** The sealing was sent, maybe without an answer: it can't be taken back. */
  sealSent?: 1
  sealRefused?: Refusal
  /** The sealing time while it is in no box. */
  loose?: number
  box?: string
}

export interface SampleRow {
  readonly id: string
  readonly tube: string
  readonly size: TubeSize
  readonly household: boolean
  readonly campaign: number | null
  readonly pointId: number
  /** Samples of one person count once in it: the round, or the day outside of one. */
  readonly round: string
  source: SampleSource
  readonly sampledMs: number
  /** Keyed hash of the code's place in the status list, or of the document. */
  key: string
  /** Keyed hash of masked name and tail: equal for maybe the same person. */
  likely?: string
  /** Gone once the server has the sample. */
  person?: SampledPerson
  /** Gone once the server has the sample and the tube is sealed. */
  label?: Label
  undoneMs?: number
  /** The sampling time while the row waits to be sent. */
  queue?: number
  refused?: Refusal
  refusedMs?: number
  /** When the server acknowledged it. */
  ackMs?: number
  /** What the server found odd. */
  flags?: readonly string[]
}

export interface BoxRow {
  readonly box: string
  readonly pointId: number
  readonly tubes: readonly string[]
  readonly packedMs: number
  courier?: string
  handedMs?: number
}

/** A request that is repeated under the same key until it is answered. */
export interface Errand {
  readonly kind: 'undo' | 'box' | 'hand-over' | 'queue'
  readonly path: string
  readonly body: unknown
  readonly atMs: number
  /** Idempotency-Key. */
  readonly key: string
  /** What it is about, for the list of what is not sent. */
  readonly about: string
  refused?: Refusal
}

/** Names go when nobody at the table can need them: the server has the sample, and the tube is sealed for good. */
export function forget(row: SampleRow, tube: TubeRow | undefined): void {
  delete row.person
  if (!tube?.open && tube?.sealQueue === undefined) delete row.label
}

/** A day: what people call today, where no round says what is once. */
export function roundOf(campaign: number | null, day: string): string {
  return campaign === null ? `day ${day}` : `round ${campaign}`
}
