// People without end, none of the demo city, no two alike: phone, ID number (GB 11643), public key of a phone.
import { generateKeyPairSync } from 'node:crypto'

const DIVISION = 110101 // not of the demo's city
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const keys = Array.from({ length: 16 }, () => {
  const { kty, crv, x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
  return { kty, crv, x, y }
})
let next = 0

function documentOf(n) {
  const day = new Date(Date.UTC(1950, 0, 1 + (Math.floor(n / 999) % 18_000))).toISOString().slice(0, 10).replaceAll('-', '')
  const body = `${DIVISION}${day}${String((n % 999) + 1).padStart(3, '0')}`
  return body + '10X98765432'[[...body].reduce((sum, digit, place) => sum + Number(digit) * WEIGHTS[place], 0) % 11]
}

export function somebody() {
  const n = next++
  return { phone: `19${String(n).padStart(9, '0')}`, document: { kind: 'resident-id', number: documentOf(n) }, key: keys[n % keys.length] }
}
