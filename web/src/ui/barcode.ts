/// Barcodes of tubes and boxes: 6 to 24 of A-Z, 0-9 and hyphens, with at least one digit, and no identity number.
import { canonicalNumber, residentIdError } from './resident_id'

export type BarcodeError = 'length' | 'characters' | 'no-digit' | 'identity-number'

export type Read = { readonly barcode: string } | { readonly error: BarcodeError }

/** Any birth date: a number of somebody born tomorrow is none of a tube either. */
const ANY_DAY = '9999-12-31'

/** True for a number with a good check digit, as on an identity card. */
export function isResidentId(text: string): boolean {
  return residentIdError(canonicalNumber(text), ANY_DAY) === null
}

export type MisreadId = 'id-check-digit' | 'id-digit-missing'

/** Where an identity number has the birth date, of this century or the last; one of the digits after it may be lost. */
const LIKE_RESIDENT_ID = /^\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{2,3}[\dX]$/

/** Tubes may be numbered by place and day: a day as late as this is taken for that of the tube. */
const TUBES_DAYS = 60

/** What is wrong with a text that was meant to be an identity number; null if it is a good one, or looks like none. */
export function misreadResidentId(text: string, nowMs: number): MisreadId | null {
  const number = canonicalNumber(text)
  if (!LIKE_RESIDENT_ID.test(number) || isResidentId(number)) return null
  const lately = new Date(nowMs - TUBES_DAYS * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
  if (number.slice(6, 14) > lately) return null
  return number.length === 18 ? 'id-check-digit' : 'id-digit-missing'
}

/** Reads a scanned or typed text as a barcode, in capitals and half-width; says what is wrong otherwise. */
export function readBarcode(text: string): Read {
  // Spaces around it come with typing and some scanners; a space inside is a mistake.
  const bare = text
    .trim()
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .toUpperCase()
  if (!/^[A-Z0-9-]*$/.test(bare)) return { error: 'characters' }
  if (bare.length < 6 || bare.length > 24) return { error: 'length' }
  if (!/\d/.test(bare)) return { error: 'no-digit' }
  if (isResidentId(bare)) return { error: 'identity-number' }
  return { barcode: bare }
}
