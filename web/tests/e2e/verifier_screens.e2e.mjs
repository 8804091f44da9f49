/// Every screen of the verifier page: faces, lanes without a camera, accessibility, a hostile row of check-ins.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { renderSVG } from 'uqr'
import { seriousViolations } from '../harness/accessibility.mjs'
import { launch } from '../harness/chromium.mjs'
import { City, newKey, paperText, presentationText } from '../harness/city.mjs'
import { gateApi } from '../harness/gate_api.mjs'
import { builtPages, servePages } from '../harness/page_server.mjs'
import { backToScanning, keptForOffline, openGate, pasteText, verdictOf } from '../harness/verifier_page.mjs'
import { emptyFrame, writeFilm } from '../harness/y4m.mjs'

selectors.setTestIdAttribute('data-test')
const nowS = () => Math.floor(Date.now() / 1000)
let dist
let folder
let film
before(async () => {
  dist = await builtPages()
  folder = await mkdtemp(join(tmpdir(), 'yimatong-screens-'))
  film = join(folder, 'empty.y4m')
  writeFilm(film, [emptyFrame()])
})
after(() => rm(folder, { recursive: true, force: true }))

/** A gate whose camera sees nothing; `see` shows a verdict for a text and comes back. */
async function gate(options = {}) {
  const city = new City()
  for (const [index, status] of [[6, 'red'], [7, 'yellow'], [8, 'void']]) city.setStatus(index, status)
  const { api, state } = gateApi(city, nowS)
  const server = await servePages(dist, api)
  const context = await launch({ film, ...options })
  const page = context.pages()[0] ?? (await context.newPage())
  const phone = newKey()
  const shown = (credential, ageS = 3, key = phone) => presentationText(credential, key, nowS() - ageS)
  const issue = (change) => city.credential({ issuedAtS: nowS() - 600, holder: phone, ...change })
  const see = async (text, look = async () => undefined) => {
    await pasteText(page, text)
    const verdict = await verdictOf(page)
    await look(verdict)
    await backToScanning(page)
    return verdict
  }
  const close = async () => {
    await context.close()
    await server.close()
  }
  return { city, state, server, page, phone, shown, issue, see, close }
}

test('each kind of proof has its face, word and reason', async () => {
  const { page, server, shown, issue, see, close } = await gate()
  await openGate(page, server.url)
  await keptForOffline(page)
  const face = async (text) => {
    const { face, outcome, reasons } = await see(text)
    return [face, outcome, ...reasons]
  }
  assert.deepEqual(await face(shown(issue({}))), ['allow', 'allow'])
  assert.deepEqual(await face(shown(issue({ index: 6 }))), ['refuse', 'refuse', 'colour-red'])
  assert.deepEqual(await face(shown(issue({ index: 7 }))), ['refuse', 'refuse', 'colour-yellow'])
  assert.deepEqual(await face(shown(issue({ index: 8 }))), ['refuse', 'refuse', 'void'])
  assert.deepEqual(await face(shown(issue({}), 3, newKey())), ['refuse', 'refuse', 'bad-device-proof'])
  const paper = paperText(issue({ kind: 'paper', holder: undefined, index: 9 }))
  assert.deepEqual(await face(paper), ['allow', 'allow', 'check-document'])
  const foreign = new City().credential({ issuedAtS: nowS(), holder: newKey() })
  assert.deepEqual(await face(shown(foreign)), ['cannot-check', 'check-by-hand', 'unknown-key'])
  assert.deepEqual(await face('YMT1:ABC'), ['refuse', 'refuse', 'malformed'])
  assert.deepEqual(await face('YMT2:ABC'), ['cannot-check', 'check-by-hand', 'unsupported'])
  await close()
})

test('the venue rule of the settings decides at once', async () => {
  const { page, server, shown, issue, see, close } = await gate()
  await openGate(page, server.url)
  await keptForOffline(page)
  await page.getByTestId('open-settings').click()
  await page.locator('#rule-yellow').selectOption('check-by-hand')
  await page.locator('#rule-test').selectOption('48')
  await page.getByTestId('close-settings').click()
  const negative = (ageH) => [nowS() - ageH * 3600, nowS() - ageH * 3600, 0, '西安市中心医院']
  const yellow = await see(shown(issue({ index: 7, test: negative(20) })))
  assert.deepEqual([yellow.face, ...yellow.reasons], ['by-hand', 'colour-yellow'])
  assert.deepEqual((await see(shown(issue({ index: 10 })))).reasons, ['test-missing'])
  assert.deepEqual((await see(shown(issue({ index: 11, test: negative(49) })))).reasons, ['test-too-old'])
  assert.equal((await see(shown(issue({ index: 12, test: negative(47) })))).outcome, 'allow')
  await page.reload()
  assert.deepEqual((await see(shown(issue({ index: 13 })))).reasons, ['test-missing'])
  await close()
})

test('somebody without a phone is looked up by document, with a purpose', async () => {
  const { page, server, state, close } = await gate()
  await openGate(page, server.url)
  await page.getByTestId('open-document').click()
  await page.locator('#document-number').fill('1234')
  await page.getByTestId('check-document').click()
  await page.getByText('身份证校验位不对').waitFor()
  await page.locator('#document-number').fill('34052419800101001X')
  await page.getByTestId('check-document').click()
  const verdict = await verdictOf(page)
  assert.equal(verdict.outcome, 'allow')
  assert.match(verdict.text, /李\*\*[\s\S]*001X/)
  assert.equal(state.looked[0].venueId, 3)
  assert.ok(state.looked[0].purpose.length > 0)
  await page.waitForFunction(() => document.querySelector('[data-test="waiting"]')?.dataset.count === '0')
  assert.equal(state.recorded.size, 1)
  await close()
})

test('a handheld scanner needs no focused field', async () => {
  const { page, server, shown, issue, close } = await gate()
  await openGate(page, server.url)
  await keptForOffline(page)
  await page.keyboard.type(shown(issue({})))
  await page.keyboard.press('Enter')
  assert.equal((await verdictOf(page)).outcome, 'allow')
  await close()
})

test('without a camera a photo of the code is read, and a photo of nothing says so', async () => {
  const { page, server, shown, issue, close } = await gate({ film: undefined })
  await openGate(page, server.url)
  await keptForOffline(page)
  await page.locator('[data-state=absent]').waitFor()
  const picture = await page.context().newPage()
  await picture.setContent('<main style="padding:40px;background:#fff;width:600px"></main>')
  const nothing = await picture.locator('main').screenshot()
  await picture.locator('main').evaluate((main, svg) => (main.innerHTML = svg), renderSVG(shown(issue({})), { ecc: 'M' }))
  const photo = await picture.locator('main').screenshot()
  await picture.close()
  const file = (buffer) => ({ name: 'photo.png', mimeType: 'image/png', buffer })
  await page.getByTestId('photo').setInputFiles(file(nothing))
  await page.getByText('照片里没有识读到二维码').waitFor()
  await page.getByTestId('photo').setInputFiles(file(photo))
  assert.equal((await verdictOf(page)).outcome, 'allow')
  await close()
})

test('a check-in that the server refuses is shown until somebody has read it', async () => {
  const { page, server, state, shown, issue, see, close } = await gate()
  state.rejects = true
  await openGate(page, server.url)
  await keptForOffline(page)
  await see(shown(issue({})))
  await page.getByTestId('rejected').click()
  await page.getByText('时间在将来').waitFor()
  await page.getByRole('button', { name: '已知晓，删除' }).click()
  await page.getByTestId('rejected').waitFor({ state: 'detached' })
  await close()
})

for (const mobile of [true, false]) {
  test(`no screen has a serious accessibility violation (${mobile ? 'phone' : 'tablet'})`, async () => {
    const { page, server, shown, issue, see, close } = await gate({ mobile })
    const check = async (screen) => assert.deepEqual(await seriousViolations(page), [], screen)
    await page.goto(`${server.url}/verifier`)
    await page.getByTestId('demo-account').first().waitFor()
    await check('log in')
    await page.getByTestId('demo-account').first().click()
    await page.getByTestId('venue').first().waitFor()
    await check('venue')
    await page.getByTestId('venue').first().click()
    await page.locator('[data-state=running]').waitFor()
    await keptForOffline(page)
    // A verdict stays for as long as it is looked at.
    await page.getByTestId('open-settings').click()
    await page.locator('#return-after').selectOption('0')
    await page.getByTestId('close-settings').click()
    for (const language of ['zh', 'en']) {
      await check(`scan ${language}`)
      const test = [nowS() - 3600, nowS() - 1800, 0, '西安市中心医院']
      await see(shown(issue({ index: 20, test })), () => check(`allow ${language}`))
      await see(shown(issue({ index: 6 })), () => check(`refuse ${language}`))
      await see('YMT2:ABC', () => check(`cannot check ${language}`))
      for (const sheet of ['open-paste', 'open-document', 'open-settings']) {
        await page.getByTestId(sheet).click()
        await check(`${sheet} ${language}`)
        await page.keyboard.press('Escape')
      }
      await page.getByTestId('large-type').click()
      await page.getByTestId('language').click()
    }
    await close()
  })
}
