/// A resident's page: registers, draws a genuine code, and keeps drawing it when the server is gone.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { complaints, launch } from '../harness/chromium.mjs'
import { keptForOffline, openPresentation, register } from '../harness/citizen_page.mjs'
import { City } from '../harness/city.mjs'
import { builtPages, servePages } from '../harness/page_server.mjs'
import { readQr } from '../harness/qr_reader.mjs'
import { residentApi } from '../harness/resident_api.mjs'

selectors.setTestIdAttribute('data-test')
const nowS = () => Math.floor(Date.now() / 1000)
let dist
let folder
before(async () => {
  dist = await builtPages()
  folder = await mkdtemp(join(tmpdir(), 'yimatong-resident-'))
})
after(() => rm(folder, { recursive: true, force: true }))

/** A resident's phone with a registered code; `close` ends all. */
async function phone(name) {
  const { api, state } = residentApi(new City(), nowS)
  const server = await servePages(dist, api)
  const profile = join(folder, name)
  const context = await launch({ profile })
  const page = context.pages()[0] ?? (await context.newPage())
  const complained = complaints(page)
  await page.goto(server.url)
  await register(page)
  const close = async () => {
    await context.close()
    await server.close()
  }
  return { state, server, profile, context, page, complained, close }
}

/** The page answers presses within 3 s of the last refresh locally: moves its clock on. */
const pastDebounce = (page) => page.clock.setFixedTime(Date.now() + 4_000)

test('the code on the screen is genuine, fresh, and large enough', async () => {
  const { page, state, complained, close } = await phone('genuine')
  const text = await readQr(page.getByTestId('qr'))
  const { atS, genuine, credential } = openPresentation(text, state.registered.devicePublicKey)
  assert.ok(genuine)
  assert.ok(Math.abs(nowS() - atS) <= 20)
  assert.ok(credential.length > 100)
  const { width } = await page.getByTestId('qr').boundingBox()
  assert.ok(width >= 0.7 * 390, `${width} px`)
  const version = Number(await page.getByTestId('qr').getAttribute('data-version'))
  assert.ok(version <= 15, `version ${version}`)
  assert.equal(await page.getByTestId('test-badge').getAttribute('data-badge'), 'within-24h')
  assert.deepEqual(complained, [])
  await close()
})

test('with the server killed and the page reloaded the same key draws a new code', async () => {
  const { page, state, server, close } = await phone('killed')
  const before = await readQr(page.getByTestId('qr'))
  await keptForOffline(page)
  await server.close()
  await page.reload()
  await page.getByTestId('qr').waitFor()
  await page.waitForSelector('[data-contact=delayed], [data-contact=offline]')
  const text = await readQr(page.getByTestId('qr'))
  assert.notEqual(text, before)
  assert.ok(openPresentation(text, state.registered.devicePublicKey).genuine)
  await close()
})

test('after the browser is closed and opened without a server the code is still there', async () => {
  const { page, state, server, profile, context } = await phone('reopened')
  await keptForOffline(page)
  await context.close()
  await server.close()
  const again = await launch({ profile })
  const reopened = again.pages()[0] ?? (await again.newPage())
  await reopened.goto(server.url)
  const text = await readQr(reopened.getByTestId('qr'))
  assert.ok(openPresentation(text, state.registered.devicePublicKey).genuine)
  await again.close()
})

test('the private key cannot leave the device', async () => {
  const { page, close } = await phone('key')
  const answer = await page.evaluate(async () => {
    const db = await new Promise((done) => {
      const open = indexedDB.open('yimatong-citizen')
      open.onsuccess = () => done(open.result)
    })
    const pair = await new Promise((done) => {
      const get = db.transaction('citizen').objectStore('citizen').get('device-key')
      get.onsuccess = () => done(get.result)
    })
    const exported = await crypto.subtle.exportKey('pkcs8', pair.privateKey).then(() => 'exported', (e) => e.name)
    return { extractable: pair.privateKey.extractable, exported }
  })
  assert.deepEqual(answer, { extractable: false, exported: 'InvalidAccessError' })
  await close()
})

test('a code past its expiry is never drawn, and the page says so', async () => {
  const { page, state, server, close } = await phone('expired')
  await keptForOffline(page)
  await server.close()
  // Two days later, without a network in between.
  await page.clock.setFixedTime(Date.now() + 2 * 86_400_000)
  await page.reload()
  await page.getByTestId('code-expired').waitFor()
  assert.equal(await page.getByTestId('qr').count(), 0)
  assert.equal(await page.getByTestId('colour').count(), 0)
  assert.ok(state.registered)
  await close()
})

test('a change of colour arrives with the next refresh, with its reason and way back', async () => {
  const { page, state, close } = await phone('yellow')
  const reason = { code: 'missed-round', textZh: '未参加本轮核酸', textEn: 'Missed the round', since: new Date().toISOString() }
  const rule = { basisZh: '通告第 1 号', basisEn: 'Notice No. 1', wayBackZh: '做一次核酸', wayBackEn: 'One negative test' }
  state.person = { ...state.person, colour: 'yellow', reasons: [{ ...reason, ...rule }] }
  await pastDebounce(page)
  await page.getByTestId('refresh').click()
  await page.locator('[data-test=code-card][data-colour=yellow]').waitFor()
  assert.match(await page.getByTestId('reason-missed-round').innerText(), /未参加本轮核酸[\s\S]*通告第 1 号[\s\S]*做一次核酸/)
  await page.getByTestId('language').click()
  await page.getByText('Missed the round').waitFor()
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en')
  await close()
})

test('ten impatient presses are one request', async () => {
  const { page, state, close } = await phone('impatient')
  await pastDebounce(page)
  const before = state.asked
  for (let press = 0; press < 10; press += 1) await page.getByTestId('refresh').click()
  assert.equal(state.asked - before, 1)
  await close()
})

test('the paper code prints a static code of the bare credential', async () => {
  const { page, close } = await phone('paper')
  await page.getByTestId('open-paper').click()
  await page.getByTestId('make-paper').click()
  const text = await readQr(page.getByTestId('paper-sheet').getByTestId('qr'))
  assert.match(text, /^YMT1:/)
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.getByTestId('make-paper').isVisible(), false)
  assert.equal(await page.getByTestId('paper-sheet').isVisible(), true)
  await close()
})

test('no screen has a serious accessibility violation, in both languages and in large type', async () => {
  const { page, close } = await phone('axe')
  const later = ['history', 'proof/r1', 'schedule', 'declare', 'declare/new']
  for (const screen of ['code', 'register', 'login', 'relatives', 'paper', ...later]) {
    await page.evaluate((hash) => (location.hash = hash), screen)
    await page.locator('.loading').waitFor({ state: 'detached' })
    assert.deepEqual(await seriousViolations(page), [], screen)
    await page.getByTestId('language').click()
    await page.getByTestId('large-type').click()
    assert.deepEqual(await seriousViolations(page), [], `${screen} with the other language and type`)
  }
  await close()
})
