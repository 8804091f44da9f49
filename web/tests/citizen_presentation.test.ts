/// The citizen's encoders against fixed vectors, and a presentation against WebCrypto.
import { expect, test } from 'vitest'
import { presentation, presentationText, signerOf } from '../src/citizen/presentation'
import { decodeBase45, encodeBase45 } from '../src/credential/base45'
import { base64url, hex, utf8 } from '../src/credential/bytes'
import { encodeCbor } from '../src/credential/cbor_encode'
import { qrPath } from '../src/ui/qr'

test('Base45 agrees with the examples of RFC 9285', () => {
  expect(encodeBase45(utf8('AB'))).toBe('BB8')
  expect(encodeBase45(utf8('Hello!!'))).toBe('%69 VD92EX0')
  expect(encodeBase45(utf8('base-45'))).toBe('UJCLQE7W581')
})

test('CBOR agrees with the examples of RFC 8949', () => {
  const cases: [Parameters<typeof encodeCbor>[0], string][] = [
    [0, '00'],
    [23, '17'],
    [24, '1818'],
    [1000, '1903e8'],
    [1_000_000, '1a000f4240'],
    [1_000_000_000_000, '1b000000e8d4a51000'],
    [-1, '20'],
    [-1000, '3903e7'],
    [Uint8Array.of(1, 2, 3, 4), '4401020304'],
    ['IETF', '6449455446'],
    [[1, [2, 3]], '8201820203'],
    [
      new Map([
        [1, 2],
        [3, 4],
      ]),
      'a201020304',
    ],
  ]
  for (const [value, bytes] of cases) expect(hex(encodeCbor(value))).toBe(bytes)
})

test('a presentation has exactly the bytes of the contract', async () => {
  let signed = ''
  const sign = async (bytes: Uint8Array<ArrayBuffer>) => {
    signed = hex(bytes)
    return new Uint8Array(64).fill(0xee)
  }
  const message = await presentation(Uint8Array.of(0xaa, 0xbb), 1_641_340_800, sign)
  const payload = '8242aabb1a61d4df80'
  const aad = hex(utf8('yimatong presentation v1'))
  // ["Signature1", h'a10126', aad, payload]
  expect(signed).toBe(`846a5369676e61747572653143a101265818${aad}49${payload}`)
  // 18([h'a10126', {}, payload, signature])
  expect(hex(message)).toBe(`d28443a10126a049${payload}5840${'ee'.repeat(64)}`)
})

test('a real key signs 64 bytes that its public half accepts', async () => {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  const bytes = utf8('message')
  const signature = await signerOf(pair.privateKey)(bytes)
  expect(signature.length).toBe(64)
  const ok = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, pair.publicKey, signature, bytes)
  expect(ok).toBe(true)
})

test('the text of a presentation fits a version 15 code at level M', async () => {
  const credential = new Uint8Array(220).fill(7)
  const sign = async () => new Uint8Array(64).fill(0xff)
  const text = await presentationText(base64url(credential), 1_641_340_800, sign)
  expect(text.startsWith('YMT1:')).toBe(true)
  expect(decodeBase45(text.slice(5))[0]).toBe(0xd2)
  expect(qrPath(text).version).toBeLessThanOrEqual(15)
})
