/// GB 11643-1999 resident identity numbers: the checks a page can make while someone types. The server
/// decides; this only says early what is surely wrong. Division codes are the server's matter.

export type ResidentIdError = 'length' | 'characters' | 'impossible-date' | 'future-birth-date' | 'check-digit'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'

/** Trimmed, half-width, upper case: as the server canonicalises. */
export function canonicalNumber(input: string): string {
  return input
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/\s/g, '')
    .toUpperCase()
}

/** Check character of the first 17 digits (ISO 7064 MOD 11-2). */
export function checkCharacter(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(first17.charAt(i)), 0)
  return CHECKS.charAt(sum % 11)
}

/** First thing wrong with a canonical number, or null. `today` is `YYYY-MM-DD` in city time. */
export function residentIdError(number: string, today: string): ResidentIdError | null {
  if (number.length !== 18) return 'length'
  if (!/^\d{17}[\dX]$/.test(number)) return 'characters'
  const birth = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  const at = new Date(`${birth}T00:00:00Z`)
  // 30 February parses in some engines as 2 March.
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== birth) return 'impossible-date'
  if (birth > today) return 'future-birth-date'
  return checkCharacter(number) === number.charAt(17) ? null : 'check-digit'
}
