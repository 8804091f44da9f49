/// Byte-level readers of the gate: Base45, CBOR against an independent encoder, inflation with a ceiling.
import { deflateSync } from 'node:zlib'
import { encode } from 'cborg'
import { expect, test } from 'vitest'
import { decodeBase45, encodeBase45 } from '../src/credential/base45'
import { type Bytes, FormatError, UnsupportedError, utf8 } from '../src/credential/bytes'
import { Float, decodeCbor } from '../src/credential/cbor'
import { integerMember } from '../src/credential/claims'
import { encodeCbor } from '../src/credential/cbor_encode'
import { yOf } from '../src/credential/curve'
import { inflate } from '../src/credential/inflate'
import { readJwks } from '../src/credential/jwks'
import { looksLikeCode, recognise } from '../src/credential/qr_text'
import { GATE_RULE, readVenueRule } from '../src/credential/venue_rule'

const bytes = (hex: string): Bytes => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

test.each([
  ['AB', 'BB8'],
  ['Hello!!', '%69 VD92EX0'],
  ['base-45', 'UJCLQE7W581'],
  ['ietf!', 'QED8WEX0'],
])('Base45 examples of RFC 9285: %s', (plain, encoded) => {
  expect(encodeBase45(utf8(plain))).toBe(encoded)
  expect(new TextDecoder().decode(decodeBase45(encoded))).toBe(plain)
})

test.each(['', 'A', 'ABCD', 'GGW', ':::', '::', 'bb8', '码码码'])('Base45 refuses %j', (text) => {
  expect(() => decodeBase45(text)).toThrow(FormatError)
})

test('CBOR of an independent encoder is read as it was meant', () => {
  const item = { a: [1, -1, 23, 24, 255, 256, 65_536, 2 ** 40, -(2 ** 40)], b: '码', c: [true, false, null], d: 1.5 }
  const read = decodeCbor(new Uint8Array(encode(item)))
  expect(Object.fromEntries(read as Map<string, unknown>)).toEqual({ ...item, d: new Float(1.5) })
})

test('a floating-point number is no integer, as in the Rust crate', () => {
  const one = decodeCbor(bytes('fb3ff0000000000000'))
  expect(one).toEqual(new Float(1))
  expect(() => integerMember(new Map([[4, one]]), 4, 'exp')).toThrow(FormatError)
  expect(integerMember(new Map([[4, decodeCbor(bytes('01'))]]), 4, 'exp')).toBe(1)
})

test('what is written is what an independent encoder writes', () => {
  const item = ['Signature1', new Uint8Array(300), 70_000, -8, 2 ** 33]
  expect(encodeCbor(item)).toEqual(new Uint8Array(encode(item)))
})

test.each([
  ['a cut array', '8201'],
  ['a cut text', '6361'],
  ['bytes after the item', '0000'],
  ['a key twice', 'a201000101'],
  ['a key that is a float', 'a1f93c0000'],
  ['a length beyond the input', '5bffffffffffffffff'],
  ['a lonely break', 'ff'],
  ['invalid UTF-8', '61ff'],
  ['endless nesting', '81'.repeat(100)],
  ['a map that never ends', 'bf0100'],
  ['pieces of another kind', '5f6161ff'],
])('CBOR refuses %s', (_name, hex) => {
  expect(() => decodeCbor(bytes(hex))).toThrow(FormatError)
})

test('a small input cannot inflate beyond the ceiling', async () => {
  const bomb = new Uint8Array(deflateSync(Buffer.alloc(1 << 20)))
  await expect(inflate(bomb, 1 << 18)).rejects.toThrow('too much')
  await expect(inflate(bytes('78da3be9'), 100)).rejects.toBeInstanceOf(FormatError)
})

test('a later version of a known format is not taken for a forgery', () => {
  expect(() => recognise('YMT2:AAA')).toThrow(UnsupportedError)
  expect(() => recognise('https://example.org')).toThrow(FormatError)
  expect(looksLikeCode('wxp://f2f0abc')).toBe(false)
  expect(recognise(' YMT1:A B \r\n')).toEqual({ format: 'credential', encoded: 'A B ' })
})

test('keys of other kinds are left out, broken keys of our kind are refused', async () => {
  expect((await readJwks({ keys: [{ kty: 'RSA' }, { kty: 'EC', crv: 'sm2p256v1' }] })).size).toBe(0)
  await expect(readJwks({ keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] })).rejects.toThrow('curve')
  await expect(readJwks([])).rejects.toThrow('JWKS')
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign'])
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const jwk = { kty: 'EC', crv: 'P-256', x, y }
  expect((await readJwks({ keys: [jwk, { ...jwk, alg: 'ES512' }] })).size).toBe(1)
  await expect(readJwks({ keys: [{ ...jwk, kid: 'AAAAAAAAAAA' }] })).rejects.toThrow('kid')
  await expect(readJwks({ keys: Array(65).fill(jwk) })).rejects.toThrow('JWKS')
})

test('a stored venue rule takes defaults for what it lacks and is refused when it is wrong', () => {
  expect(readVenueRule({ yellow: 'check-by-hand' }, GATE_RULE)).toEqual({ ...GATE_RULE, yellow: 'check-by-hand' })
  expect(() => readVenueRule({ yellow: 'maybe' })).toThrow('yellow')
  expect(() => readVenueRule({ requireNegativeWithinH: -1 })).toThrow('requireNegativeWithinH')
})

test('the y of a point is found from its x and oddness', async () => {
  for (let i = 0; i < 50; i += 1) {
    const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign'])
    const point = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))
    const odd = ((point[64] ?? 0) & 1) === 1
    expect(yOf(point.slice(1, 33), odd)).toEqual(point.slice(33))
    expect(yOf(point.slice(1, 33), !odd)).not.toEqual(point.slice(33))
  }
  expect(yOf(new Uint8Array(32).fill(255), true)).toBeNull()
})
