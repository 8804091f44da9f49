/// Document kind and number, with instant feedback on resident identity numbers.
import type { DocumentInput, DocumentKind } from '../api/types'
import { cityDate } from '../i18n/time'
import { Field } from '../ui/field'
import { canonicalNumber, residentIdError } from '../ui/resident_id'
import { Select } from '../ui/select'
import { cityNow } from './state'
import { f } from './text/forms'

const KINDS: readonly DocumentKind[] = [
  'resident-id',
  'passport',
  'foreign-permanent-resident-card',
  'hk-macao-permit',
  'taiwan-permit',
]

/** What is wrong with the document as typed so far; null if nothing is known to be. */
export function documentError({ kind, number }: DocumentInput, complete: boolean): string | null {
  const canonical = canonicalNumber(number)
  if (!canonical) return complete ? f('required') : null
  if (kind !== 'resident-id' || (!complete && canonical.length < 18)) return null
  const error = residentIdError(canonical, cityDate(cityNow()))
  return error && f(error, { n: canonical.length })
}

/** A document as typed, with what some documents do not tell. */
export interface IdentityDraft extends DocumentInput {
  /** `YYYY-MM-DD`; empty if the number tells it */
  birthDate: string
  /** ISO 3166-1 alpha-3; empty = `CHN` */
  nationality: string
}

export const NO_DOCUMENT: IdentityDraft = { kind: 'resident-id', number: '', birthDate: '', nationality: '' }

/** Request fields of a draft: a field that does not belong to the kind of document is left out. */
export function identityBody({ kind, number, birthDate, nationality }: IdentityDraft): Record<string, unknown> {
  const body: Record<string, unknown> = { document: { kind, number: canonicalNumber(number) } }
  if (kind !== 'resident-id' && birthDate) body.birthDate = birthDate
  if (isForeign(kind) && nationality.trim()) body.nationality = nationality.trim().toUpperCase()
  return body
}

function isForeign(kind: DocumentKind): boolean {
  return kind === 'passport' || kind === 'foreign-permanent-resident-card'
}

interface Props {
  value: IdentityDraft
  onValue: (value: IdentityDraft) => void
  errors: Record<string, string>
}

/** Names of the request fields that {@link DocumentFields} can show an error for. */
export const DOCUMENT_FIELDS = ['document', 'document.number', 'document.kind', 'birthDate', 'nationality']

/** Asked only for documents whose number does not tell it. */
function FurtherFields({ value, onValue, errors }: Props) {
  if (value.kind === 'resident-id') return null
  return (
    <>
      <Field
        id="birth-date"
        label={f('birthDate')}
        type="date"
        value={value.birthDate}
        onValue={(birthDate) => onValue({ ...value, birthDate })}
        error={errors.birthDate}
      />
      {isForeign(value.kind) && (
        <Field
          id="nationality"
          label={f('nationality')}
          hint={f('nationalityHint')}
          value={value.nationality}
          onValue={(nationality) => onValue({ ...value, nationality })}
          autocapitalize="characters"
          maxLength={3}
          error={errors.nationality}
        />
      )}
    </>
  )
}

export function DocumentFields({ value, onValue, errors }: Props) {
  const refused = errors['document.number'] ?? errors['document.kind'] ?? errors.document
  return (
    <>
      <Select
        id="document-kind"
        label={f('kind')}
        value={value.kind}
        options={KINDS.map((kind) => [kind, f(kind)] as const)}
        onValue={(kind) => onValue({ ...value, kind })}
      />
      <Field
        id="document-number"
        label={f('number')}
        value={value.number}
        onValue={(number) => onValue({ ...value, number })}
        autocomplete="off"
        maxLength={24}
        error={refused ?? documentError(value, false)}
      />
      <FurtherFields value={value} onValue={onValue} errors={errors} />
    </>
  )
}
