/// What the table says on screen: one thing at a time.
import type { Reason } from '../credential/verdict'
import type { TubeSize } from '../api/types'
import type { Candidate } from './candidate'
import type { BarcodeError, MisreadId } from '../ui/barcode'
import type { Finding } from './rules/findings'
import type { SampleRow, TubeRow } from './store/rows'

export type Shown =
  /** A person is in the tube, on the disk. `notes` is said along with it. */
  | { readonly kind: 'bound'; readonly sample: SampleRow; readonly tube: TubeRow; readonly notes: readonly Finding[] }
  /** The sampler decides, or the person is not taken. */
  | { readonly kind: 'person'; readonly candidate: Candidate; readonly findings: readonly Finding[]; readonly final: boolean }
  /** The code does not say who somebody is; the document may. */
  | { readonly kind: 'bad-code'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'bad-barcode'; readonly error: BarcodeError | MisreadId; readonly text: string }
  | { readonly kind: 'no-tube' }
  | { readonly kind: 'opened' | 'resumed' | 'reopened'; readonly tube: TubeRow; readonly sealed?: TubeRow }
  | { readonly kind: 'sealed'; readonly tube: TubeRow }
  /** Another tube was scanned while one is open and not full. */
  | { readonly kind: 'switch'; readonly open: TubeRow; readonly next: string }
  /** The barcode belongs to a tube that was sealed on this device. */
  | { readonly kind: 'used'; readonly tube: TubeRow }
  | { readonly kind: 'undone'; readonly sample: SampleRow; readonly tube: TubeRow | null }
  | { readonly kind: 'not-saved' }

/** A person who waits for another tube, after the sampler was told so. */
export interface Held {
  readonly candidate: Candidate
  readonly size: TubeSize
}

/** True for what must be answered before the next scan. */
export function isQuestion(shown: Shown | null): boolean {
  return shown !== null && ((shown.kind === 'person' && !shown.final) || shown.kind === 'switch')
}

/** True for what covers the picture until it is read. */
export function isSheet(shown: Shown | null): boolean {
  return shown !== null && !['bound', 'opened', 'resumed', 'reopened', 'sealed', 'undone'].includes(shown.kind)
}
