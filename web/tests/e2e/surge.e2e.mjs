/// A small surge with the real binary: a store of five verbs a second, a crowd in line, one resident and one operator.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { launch } from '../harness/chromium.mjs'
import { residentId } from '../harness/documents.mjs'
import { startCity } from '../harness/real_city.mjs'

selectors.setTestIdAttribute('data-test')
const SMALL_STORE = ['--drill-store-connections', '1', '--drill-store-time-ms', '200']
/** Fewer than one address may ask for passwords at once. */
const CROWD = 80
const CALLED_WITHIN_MS = 120_000
let folder
let city
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yimatong-surge-'))
  city = await startCity(folder, 0, SMALL_STORE)
})
after(async () => {
  await city.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Asks for a one-time password by a device of its own, takes a place and goes away; answers the place, or null. */
async function onlooker(n) {
  const headers = { 'Content-Type': 'application/json', 'Yimatong-Device': `crowd-${n}`, 'Idempotency-Key': randomUUID() }
  const body = JSON.stringify({ phone: `1390000${String(n).padStart(4, '0')}` })
  const ask = async (more) => {
    const response = await fetch(`${city.url}/v1/one-time-passwords`, { method: 'POST', headers: { ...headers, ...more }, body })
    return response.json()
  }
  const { ticket, placeAfterS } = await ask({})
  if (!ticket) return null
  // A place is given to whoever shows the ticket, not before the time that it says.
  await setTimeout(placeAfterS * 1000)
  return (await ask({ 'Yimatong-Ticket': ticket })).seq ?? null
}

async function open(t, path, mobile) {
  const context = await launch({ mobile })
  t.after(() => context.close())
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(city.url + path)
  return page
}

test('a resident waits in line with an honest place, goes on by themselves, and ends with a code', async (t) => {
  const page = await open(t, '/', true)
  const desk = await open(t, '/console', false)
  await desk.getByTestId('demo-operator').click()
  await desk.waitForFunction(() => document.querySelector('#staff-totp')?.value.length === 6)
  await desk.getByTestId('sign-in').click()
  await desk.getByTestId('overload').waitFor()

  await page.getByTestId('open-register').click()
  await page.locator('#name').fill('张小三')
  await page.locator('#phone').fill('13812345678')
  const crowd = Promise.all(Array.from({ length: CROWD }, (_, n) => onlooker(n)))
  await page.getByTestId('send-otp').click()
  await page.getByTestId('waiting').getByTestId('place').waitFor()
  const place = Number((await page.getByTestId('place').innerText()).replace(',', ''))
  assert.ok(place > 0)
  assert.match(await page.getByTestId('as-of').innerText(), /\d\d:\d\d:\d\d/)
  assert.ok((await crowd).filter(Number).length > CROWD / 2, 'the crowd stands in line')
  await desk.waitForFunction(() => Number(document.querySelector('[data-test=room] .figure')?.textContent.match(/\d+/)?.[0]) > 0)

  await page.getByTestId('demo-code').waitFor({ timeout: CALLED_WITHIN_MS })
  assert.equal(await page.locator('#name').inputValue(), '张小三')
  await page.locator('#one-time-password').fill(await page.getByTestId('demo-code').getAttribute('data-code'))
  await page.locator('#document-number').fill(residentId(321))
  await page.locator('#consent').check()
  await page.getByTestId('submit-register').click()
  await page.getByTestId('qr').waitFor()
  const kept = await page.evaluate(() => [localStorage.getItem('yimatong-ticket'), localStorage.getItem('yimatong-pass')])
  assert.deepEqual(kept, [null, null])

  // What the operator sees and does, at the same city.
  await desk.locator('#tab-b3').click()
  assert.deepEqual(await seriousViolations(desk), [])
  await desk.getByTestId('limits-form').locator('summary').click()
  await desk.locator('[id="limit-admission.mostPermits"]').fill('99999')
  await desk.getByTestId('change-limits').click()
  await desk.locator('[id="limit-admission.mostPermits-error"]').filter({ hasText: /\S/ }).waitFor()
  for (const name of ['vaccineBadge', 'history']) {
    await desk.getByTestId(`press-${name}`).click()
    await desk.getByTestId('confirm-yes').click()
    await desk.locator(`[data-test=switch-${name}][data-on=false]`).waitFor()
  }
  await desk.locator('#notice-zh').fill('今天上午办理的人很多，请错峰办理。')
  await desk.locator('#notice-en').fill('Many people today; please come later.')
  await desk.getByTestId('post-notice').click()
  await desk.getByTestId('standing-notice').waitFor()
  await desk.getByTestId('changed-by').filter({ hasText: 'operator' }).waitFor()

  await page.clock.setFixedTime(Date.now() + 11 * 60_000)
  await page.reload()
  await page.getByTestId('vaccine-off').waitFor()
  await page.getByTestId('city-notice').filter({ hasText: '错峰' }).waitFor()
  await page.getByTestId('open-history').click()
  await page.getByTestId('history-off').waitFor()
})
