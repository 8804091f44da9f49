/// Steps of a resident on the citizen's page.
import { encode, decode, Tagged } from 'cborg'
import { createPublicKey, verify } from 'node:crypto'

/** Fills and sends the registration; answers when the QR is drawn. */
export async function register(page, person = {}) {
  await fillRegistration(page, person)
  await page.getByTestId('submit-register').click()
  await page.getByTestId('qr').waitFor()
}

/** Opens and fills the registration, all but the community. */
export async function fillRegistration(page, { phone = '13912345678', number = '34052419800101001X', name = '张三三' } = {}) {
  await page.getByTestId('open-register').click()
  await page.locator('#phone').fill(phone)
  await page.getByTestId('send-otp').click()
  const code = await page.getByTestId('demo-code').getAttribute('data-code')
  await page.locator('#one-time-password').fill(code)
  await page.locator('#document-number').fill(number)
  await page.locator('#name').fill(name)
  await page.locator('#consent').check()
}

/** Waits until the service worker controls the page and keeps its shell. */
export async function keptForOffline(page) {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (!navigator.serviceWorker.controller) {
      await new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }))
    }
  })
}

/** Bytes of Base45 (RFC 9285). */
function base45Bytes(text) {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
  const out = []
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [...text.slice(i, i + 3)].map((char) => alphabet.indexOf(char))
    const value = a + 45 * b + 2025 * (c ?? 0)
    if (c === undefined) out.push(value)
    else out.push(value >> 8, value & 0xff)
  }
  return Buffer.from(out)
}

/**
 * Opens a presentation with node's crypto and an independent CBOR library.
 * Answers {credential, atS, genuine}: `genuine` if the key (JWK of the registration) signed it.
 */
export function openPresentation(text, jwk) {
  const tags = { 18: (inner) => new Tagged(18, inner()) }
  const message = decode(base45Bytes(text.replace(/^YMT1:/, '')), { useMaps: true, tags })
  const [protectedBytes, , payload, signature] = message.value
  const aad = new TextEncoder().encode('yimatong presentation v1')
  const signed = encode(['Signature1', protectedBytes, aad, payload])
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const genuine = verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)
  const [credential, atS] = decode(payload)
  return { credential: Buffer.from(credential), atS, genuine }
}
