/// Names as the server takes them, and their masked form, so that a typed name can be compared with a code's.

export type NameError = 'length' | 'characters'

const LONGEST = 80
const ALLOWED = /^[\p{L}\p{M} ·\-'.,]*$/u
const HAN = /^\p{Script=Han}/u

/** One spelling: half-width letters, one middle dot, one apostrophe, single spaces. */
export function canonicalName(input: string): string {
  return input
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, ' ')
    .replace(/[\u30fb\u2027\u2022\u22c5\uff65]/g, '·')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .trim()
    .replace(/ +/g, ' ')
}

/** What is wrong with a name that is not empty, or null. */
export function nameError(input: string): NameError | null {
  const name = canonicalName(input)
  if ([...name].length > LONGEST) return 'length'
  return name === '' || (ALLOWED.test(name) && /\p{L}/u.test(name)) ? null : 'characters'
}

/** First and last letter, as codes show a name: 张小三 is 张*三, Anna Johnson is A***n. */
export function maskedName(input: string): string {
  const letters = [...canonicalName(input)].filter((letter) => /\p{L}/u.test(letter))
  const [first = '*', ...rest] = letters
  const star = HAN.test(first) ? '*' : '***'
  return letters.length > 2 ? `${first}${star}${rest.at(-1)}` : `${first}${star}`
}
