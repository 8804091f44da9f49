/// Identity documents as the table can check them: what is surely wrong is told before the swab, not by the server later.
import type { DocumentInput, DocumentKind } from '../../api/types'
import { canonicalNumber, residentIdError } from '../../ui/resident_id'

export type DocumentError =
  | 'empty'
  | 'length'
  | 'characters'
  | 'old-number'
  | 'impossible-date'
  | 'future-birth-date'
  | 'check-digit'
  | 'form'

/** The form of numbers that are no resident identity number. */
const FORMS: Record<Exclude<DocumentKind, 'resident-id'>, RegExp> = {
  passport: /^(?=.*\d)[A-Z0-9]{5,12}$/,
  'foreign-permanent-resident-card': /^([A-Z]{3}\d{12}|9\d{16}[\dX])$/,
  'hk-macao-permit': /^[HM](\d{8}|\d{10})$/,
  'taiwan-permit': /^(\d{8}|\d{10}[A-Z]?|[A-Z]\d{10})$/,
}

/** First thing wrong with a number as typed, or null. `today` is `YYYY-MM-DD` in city time. */
export function documentError({ kind, number }: DocumentInput, today: string): DocumentError | null {
  const canonical = canonicalNumber(number)
  if (!canonical) return 'empty'
  if (!/^[A-Z0-9]*$/.test(canonical)) return 'characters'
  if (kind !== 'resident-id') return foreignError(kind, canonical, today)
  if (/^\d{15}$/.test(canonical)) return 'old-number'
  return residentIdError(canonical, today)
}

function foreignError(kind: keyof typeof FORMS, canonical: string, today: string): DocumentError | null {
  if (!FORMS[kind].test(canonical)) return 'form'
  // The five-star card has the same check digit and birth date as a resident's number.
  const fiveStar = kind === 'foreign-permanent-resident-card' && canonical.length === 18
  return fiveStar ? residentIdError(canonical, today) : null
}

/** Birth date in a number that has one, `YYYY-MM-DD`; the sampler compares it with the person. */
export function birthDateOf({ kind, number }: DocumentInput): string | null {
  const canonical = canonicalNumber(number)
  const tells = kind === 'resident-id' || (kind === 'foreign-permanent-resident-card' && canonical.startsWith('9'))
  if (!tells || canonical.length !== 18) return null
  return `${canonical.slice(6, 10)}-${canonical.slice(10, 12)}-${canonical.slice(12, 14)}`
}

/** Last four characters: what codes and lists show of a document. */
export function documentTail({ number }: DocumentInput): string {
  return canonicalNumber(number).slice(-4)
}
