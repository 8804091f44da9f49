/// Barcodes of tubes and boxes as a handheld scanner types them, or a person.
import { canonicalNumber, residentIdError } from '../../ui/resident_id'

/** In capitals, half-width, without spaces; null if it is no barcode. */
export function barcode(typed: string): string | null {
  const text = canonicalNumber(typed)
  if (!/^(?=.*\d)[A-Z0-9-]{6,24}$/.test(text)) return null
  // An ID card lies at the same desk: its number must not become a tube.
  return residentIdError(text, '9999-12-31') === null ? null : text
}
