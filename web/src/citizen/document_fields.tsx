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

interface Props {
  value: DocumentInput
  onValue: (value: DocumentInput) => void
  error?: string | null | undefined
}

export function DocumentFields({ value, onValue, error }: Props) {
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
        error={error ?? documentError(value, false)}
      />
    </>
  )
}
