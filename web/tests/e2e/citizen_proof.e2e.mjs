/// Results on a resident's phone: the history, what waits, and proofs on screen, on paper, as files and without a server.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { launch, screenshot } from '../harness/chromium.mjs'
import { keptForOffline, register } from '../harness/citizen_page.mjs'
import { gateApi } from '../harness/gate_api.mjs'
import { builtPages, servePages } from '../harness/page_server.mjs'
import { readQr, readQrFile } from '../harness/qr_reader.mjs'
import { nowS, openScreen, residentPhone } from '../harness/resident_phone.mjs'
import * as gate from '../harness/verifier_page.mjs'

selectors.setTestIdAttribute('data-test')
let dist
let folder
before(async () => {
  dist = await builtPages()
  folder = await mkdtemp(join(tmpdir(), 'yimatong-proof-'))
})
after(() => rm(folder, { recursive: true, force: true }))

const phone = (t, name, prepare) => residentPhone(t, { dist, folder, name, prepare })

test('results show all that is known, the badge by the one clock, what waits, and what to do', async (t) => {
  const { page } = await phone(t, 'results', (state) => {
    const sampled = (hours) => new Date((nowS() - hours * 3600) * 1000).toISOString()
    state.samples.push({ id: 's2', sampled: sampled(2), tube: 'T9', size: 10, pointName: '电子城小学操场' })
    state.samples.push({ id: 's3', sampled: sampled(30), tube: 'T8', size: 1, pointName: null })
    state.samples.push({ id: 's4', sampled: sampled(3), tube: 'T7', size: 1, undone: sampled(2) })
  })
  await page.getByTestId('open-history').click()
  await page.getByTestId('result').first().waitFor()
  assert.deepEqual(await page.getByTestId('pending').evaluateAll((all) => all.map((one) => one.dataset.late)), ['false', 'true'])
  assert.match(await page.getByTestId('pending').first().innerText(), /已采样，等待结果[\s\S]*10 人混管[\s\S]*电子城小学操场/)
  const first = await page.getByTestId('result').first().innerText()
  assert.match(first, /阴性[\s\S]*24 小时内[\s\S]*核酸 · 混管[\s\S]*采样时间[\s\S]*收样时间[\s\S]*报告时间[\s\S]*采样地点[\s\S]*电子城小学操场[\s\S]*检测机构[\s\S]*西安市第三医院/)
  assert.deepEqual(await page.getByTestId('hours-badge').evaluateAll((all) => all.map((one) => one.dataset.badge)), ['within-24h', 'within-72h'])
  assert.match(await page.getByTestId('result').nth(3).innerText(), /重新采样/)
  assert.equal(await page.getByTestId('corrected').count(), 1, 'only one was corrected')
  assert.match(await page.getByTestId('result').nth(1).getByTestId('corrected').innerText(), /^已更正：检测机构于 \d{4}-\d\d-\d\d \d\d:\d\d 更正，原结果为阳性。$/)
  assert.equal(await page.getByTestId('open-proof').count(), 3)
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'results')
  await page.getByTestId('language').click()
  await page.getByTestId('corrected').filter({ hasText: /^Corrected by the lab on .*; it was “Positive” before\.$/ }).waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'results-en')
})

test('results and a proof once loaded are there without a server; a proof of an old test, and of somebody who left, is not', async (t) => {
  const { page, state, server } = await phone(t, 'kept')
  await keptForOffline(page)
  await page.getByTestId('open-history').click()
  await page.getByTestId('open-proof').first().click()
  await page.getByTestId('proof-sheet').waitFor()
  const before = await readQr(page.getByTestId('proof-sheet').getByTestId('qr'))
  await openScreen(page, 'proof/r3')
  await page.getByText('不再保存在本机').waitFor()
  assert.equal(state.proofs, 2)
  await server.close()
  await page.clock.setFixedTime(Date.now() + 30 * 60_000)
  await openScreen(page, 'history')
  await page.reload()
  await page.getByTestId('history-failed').waitFor()
  assert.equal(await page.getByTestId('result').count(), 4)
  await page.getByTestId('open-proof').first().click()
  await page.locator('[data-test=proof-kept][data-offline=true]').waitFor()
  assert.equal(await readQr(page.getByTestId('proof-sheet').getByTestId('qr')), before)
  await screenshot(page, 'proof-offline')
  await openScreen(page, 'proof/r3')
  await page.getByTestId('proof-failed').waitFor()
  // Older than 72 hours by now: gone from the device.
  await page.clock.setFixedTime(Date.now() + 60 * 3_600_000)
  await openScreen(page, 'proof/r1')
  await page.getByTestId('proof-failed').waitFor()
  // The code has expired with them; logging out forgets the rest.
  await openScreen(page, 'code')
  await page.getByTestId('logout').click()
  page.on('dialog', (dialog) => dialog.accept())
  await page.getByTestId('logout-yes').click()
  await page.getByTestId('welcome').waitFor()
  const left = await page.evaluate(async () => {
    const db = await new Promise((done) => {
      const request = indexedDB.open('yimatong-citizen')
      request.onsuccess = () => done(request.result)
    })
    return new Promise((done) => {
      const keys = db.transaction('citizen').objectStore('citizen').getAllKeys()
      keys.onsuccess = () => done(keys.result)
    })
  })
  assert.deepEqual(left, ['server'])
})

test('the proof has everything on one sheet of A4, its QR is the certificate, and a gate of the city knows the paper, and asks for the code', async (t) => {
  const { page, city, complained } = await phone(t, 'proof')
  await page.getByTestId('open-history').click()
  await page.getByTestId('open-proof').first().click()
  const sheet = page.getByTestId('proof-sheet')
  await sheet.waitFor()
  const text = await sheet.innerText()
  for (const part of ['西安市新冠病毒检测证明', 'COVID-19 test certificate', '张三三', '001X', '阴性 Negative', '核酸检测 Nucleic acid test', '西安市第三医院', 'URN:UVCI:01:CN:610100/r1']) {
    assert.ok(text.includes(part), part)
  }
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'proof')
  const certificate = await page.locator('#certificate-text').inputValue()
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.getByTestId('export').isVisible(), false)
  assert.equal(await page.locator('.top').isVisible(), false)
  // A4 less its margins, at 96 dots per inch.
  await page.setViewportSize({ width: 643, height: 971 })
  const box = await sheet.boundingBox()
  assert.ok(box.y + box.height <= 971, `${box.height} px are more than a page`)
  await screenshot(page, 'proof-print')
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true })
  assert.equal(pdf.toString('latin1').match(/\/Type \/Page\b/g).length, 1)
  const printed = await readQr(sheet)
  assert.equal(printed, certificate)
  assert.match(printed, /^HC1:[0-9A-Z $%*+\-./:]+$/)
  assert.deepEqual(complained, [])

  const { api } = gateApi(city, nowS)
  const gateServer = await servePages(dist, api)
  const context = await launch({ profile: join(folder, 'proof-gate') })
  t.after(() => context.close())
  const door = context.pages()[0] ?? (await context.newPage())
  await gate.openGate(door, gateServer.url)
  await gate.keptForOffline(door)
  await gate.pasteText(door, printed)
  const verdict = await gate.verdictOf(door)
  assert.deepEqual([verdict.outcome, verdict.reasons], ['check-by-hand', ['code-needed', 'check-document']])
  assert.match(verdict.text, /张三三[\s\S]*24 小时[\s\S]*阴性/)
})

test('the proof of a corrected result says so in both languages, and still fits on one page', async (t) => {
  const { page } = await phone(t, 'corrected')
  await openScreen(page, 'proof/r1')
  await page.getByTestId('proof-sheet').waitFor()
  assert.equal(await page.getByTestId('proof-corrected').count(), 0)
  await openScreen(page, 'history')
  await page.getByTestId('open-proof').nth(1).click()
  const told = await page.getByTestId('proof-corrected').innerText()
  assert.match(told, /^已更正：检测机构于 [\d: -]+ 更正，原结果为阳性。\s+Corrected by the lab on [\d: -]+; it was “Positive” before\.$/)
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'proof-corrected')
  await page.emulateMedia({ media: 'print' })
  await page.setViewportSize({ width: 643, height: 971 })
  await screenshot(page, 'proof-corrected-print')
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true })
  assert.equal(pdf.toString('latin1').match(/\/Type \/Page\b/g).length, 1)
  assert.match(await readQr(page.getByTestId('proof-sheet')), /^HC1:/)
})

test('the certificate can be copied, and saved as text and as pictures that a reader reads', async (t) => {
  const { page, context } = await phone(t, 'export')
  await openScreen(page, 'proof/r1')
  await page.getByTestId('export').locator('summary').click()
  await screenshot(page, 'proof-export')
  assert.deepEqual(await seriousViolations(page), [])
  const certificate = await page.locator('#certificate-text').inputValue()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByTestId('copy-certificate').click()
  await page.getByText('已复制').waitFor()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), certificate)
  const saved = async (button, ending) => {
    const download = page.waitForEvent('download')
    await page.getByTestId(button).click()
    const file = await download
    assert.match(file.suggestedFilename(), new RegExp(`^test-\\d{4}-\\d\\d-\\d\\d\\.${ending}$`))
    const path = join(folder, file.suggestedFilename())
    await file.saveAs(path)
    return path
  }
  assert.equal(await readFile(await saved('save-text', 'txt'), 'utf8'), certificate)
  assert.equal(readQrFile(await saved('save-png', 'png')), certificate)
  const svg = await readFile(await saved('save-svg', 'svg'), 'utf8')
  const picture = await context.newPage()
  await picture.setContent(svg)
  assert.equal(await readQr(picture.locator('svg')), certificate)
})

test('a result that proves nothing says so instead of a certificate', async (t) => {
  const { page } = await phone(t, 'none')
  await openScreen(page, 'proof/r4')
  await page.getByTestId('proof-failed').filter({ hasText: '不能出证明' }).waitFor()
})

test('a proof on screen goes when somebody else logs in on the phone in another tab', async (t) => {
  let isGone = false
  const { page, context, server } = await phone(t, 'two-tabs', (_state, api) => {
    const none = { status: 404, body: { type: '/problems/not-found', title: 'x', titleZh: '没有这条检测结果', status: 404 } }
    for (const key of Object.keys(api).filter((each) => each.endsWith('/proof'))) {
      const proof = api[key]
      api[key] = (request) => (isGone ? none : proof(request))
    }
  })
  await page.getByTestId('open-history').click()
  await page.getByTestId('open-proof').first().click()
  await page.getByTestId('proof-sheet').waitFor()
  const other = await context.newPage()
  await other.goto(server.url)
  await other.getByTestId('logout').click()
  await other.getByTestId('logout-yes').click()
  isGone = true
  await register(other)
  await page.bringToFront()
  // Late enough for the page to ask for its code again.
  await page.clock.setFixedTime(Date.now() + 5 * 60_000)
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await page.getByTestId('proof-failed').waitFor()
  assert.equal(await page.getByTestId('proof-sheet').count(), 0)
})
