/// A person at the table, from a code or a document, before they are bound to a tube.
import type { DocumentInput, SampleSource } from '../api/types'
import { claimedStatus } from '../credential/claimed_status'
import type { Colour } from '../credential/claims'
import type { Reason, Verdict } from '../credential/verdict'
import { canonicalNumber } from '../ui/resident_id'
import { documentTail } from './rules/document'
import type { Question } from './rules/findings'
import { canonicalName, maskedName } from './rules/name'
import type { Label, SampledPerson } from './store/rows'

export interface Candidate {
  readonly person: SampledPerson
  readonly source: SampleSource
  readonly kind: Question['kind']
  /** What the keyed hash is made of: the credential's place in the status list, or the document. */
  readonly keyText: string
  /** Empty name: none was given. */
  readonly label: Label
  readonly colour: Colour | null
}

/** Reasons that say nothing against the code as proof of who somebody is. */
const NO_MATTER: ReadonlySet<Reason> = new Set<Reason>([
  'colour-red',
  'colour-yellow',
  'status-list-missing',
  'status-list-stale',
  'check-document',
  'test-positive',
  'test-missing',
  'test-too-old',
])

/** Why a code does not say who somebody is, the gravest reason first; empty if it does. */
export function whyNot(verdict: Verdict): Reason[] {
  // A foreign certificate is genuine or not; either way the passport is asked for.
  if (verdict.kind === 'dcc') return ['unsupported']
  return verdict.reasons.filter((reason) => !NO_MATTER.has(reason))
}

/** The person of a code that says who somebody is. */
export function ofCode(text: string, verdict: Verdict): Candidate {
  const { uri, index } = claimedStatus(text)
  const paper = verdict.kind === 'paper'
  return {
    person: { subject: verdict.subject ?? '' },
    source: paper ? 'paper' : 'code',
    kind: paper ? 'paper' : verdict.kind === 'relative' ? 'relative' : 'device',
    keyText: `code ${uri}#${index}`,
    label: { name: verdict.name ?? '', tail: verdict.documentTail ?? '' },
    colour: verdict.colour,
  }
}

/** The text a document's keyed hash is made of. */
export function documentKey({ kind, number }: DocumentInput): string {
  return `document ${kind} ${canonicalNumber(number)}`
}

/** The person of a document that the table has checked; the name may be empty. */
export function ofDocument(typed: DocumentInput, name: string, scanned: boolean): Candidate {
  const document = { kind: typed.kind, number: canonicalNumber(typed.number) }
  const given = canonicalName(name)
  return {
    person: { document, ...(given ? { name: given } : {}) },
    source: scanned ? 'id-card' : 'typed',
    kind: 'document',
    keyText: documentKey(document),
    label: { name: given ? maskedName(given) : '', tail: documentTail(document) },
    colour: null,
  }
}
