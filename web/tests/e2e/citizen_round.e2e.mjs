/// A round of testing on a resident's phone: the line under the code, the schedule, results and proofs, declarations.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { complaints, launch, screenshot } from '../harness/chromium.mjs'
import { keptForOffline, register } from '../harness/citizen_page.mjs'
import { City, testCertificate } from '../harness/city.mjs'
import { gateApi } from '../harness/gate_api.mjs'
import { builtPages, servePages } from '../harness/page_server.mjs'
import { writeQrPicture } from '../harness/qr_picture.mjs'
import { readQr, readQrFile } from '../harness/qr_reader.mjs'
import { residentApi } from '../harness/resident_api.mjs'
import { openRound } from '../harness/round_api.mjs'
import { withRoom } from '../harness/room_api.mjs'
import * as gate from '../harness/verifier_page.mjs'

selectors.setTestIdAttribute('data-test')
const nowS = () => Math.floor(Date.now() / 1000)
let dist
let folder
before(async () => {
  dist = await builtPages()
  folder = await mkdtemp(join(tmpdir(), 'yimatong-round-'))
})
after(() => rm(folder, { recursive: true, force: true }))

/** A resident's phone with a registered code. `prepare` changes the API before the page is opened. */
async function phone(t, name, prepare = () => undefined) {
  const city = new City()
  const { api, state } = residentApi(city, nowS)
  const served = prepare(state, api) ?? api
  const server = await servePages(dist, served)
  const context = await launch({ profile: join(folder, name) })
  context.setDefaultTimeout(15_000)
  t.after(() => context.close())
  const page = context.pages()[0] ?? (await context.newPage())
  const complained = complaints(page)
  await page.goto(server.url)
  await register(page)
  return { city, state, server, context, page, complained }
}

/** Goes to a screen by its address. */
const open = (page, hash) => page.evaluate((to) => void (location.hash = to), hash)

const relativeOf = (round, standing) => ({ ...round, standing, person: { personId: '2', name: '李*', relation: 'child' } })

test('while a round is on the code screen says where the person and their child stand, in both languages', async (t) => {
  const { page, state, complained } = await phone(t, 'line', (state) => {
    const round = openRound(nowS())
    state.rounds = [relativeOf(round, 'sampled'), round]
  })
  await page.reload()
  const lines = page.getByTestId('round-line')
  await lines.first().waitFor()
  const texts = await lines.allInnerTexts()
  assert.match(texts[0], /^本轮核酸：(今天|昨天) \d\d:\d\d.*，您未采样$/)
  assert.equal(texts[1], '本轮核酸：李*（子女）已采样')
  assert.equal(state.scheduleAsked, 1)
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'round-line')
  await page.getByTestId('language').click()
  await page.getByText('You have not been sampled yet').waitFor()
  await screenshot(page, 'round-line-en')
  assert.deepEqual(complained, [])
})

test('the reminder stands out while it is given, and a round that has passed says what follows', async (t) => {
  const { page, state } = await phone(t, 'remind', (state) => {
    state.rounds = [openRound(nowS(), { reminderZh: '您所在区域的检测即将结束，您尚未采样', reminderEn: 'Testing ends soon' })]
  })
  await page.reload()
  await page.locator('[data-kind=remind]').filter({ hasText: '即将结束' }).waitFor()
  await screenshot(page, 'round-reminder')
  await page.getByTestId('round-card').click()
  await page.getByTestId('round-remark').filter({ hasText: '即将结束' }).waitFor()
  const past = new Date((nowS() - 3600) * 1000).toISOString()
  state.rounds = [openRound(nowS(), { windows: [{ from: new Date((nowS() - 8 * 3600) * 1000).toISOString(), to: past }], standing: 'open' }), openRound(nowS(), { number: 4 })]
  await page.clock.setFixedTime(Date.now() + 4_000)
  await page.getByTestId('ask-again').click()
  await page.getByTestId('round-remark').filter({ hasText: '黄码' }).waitFor()
  await screenshot(page, 'round-over')
})

/** Moves the page's clock past the pause before the schedule, then asks for the code and waits for that: whatever was to be asked is. */
async function settled(page) {
  await page.getByTestId('refresh').waitFor()
  // Twice: a page that was open a moment ago begins to ask only after the first.
  for (let turn = 0; turn < 2; turn += 1) {
    const code = page.waitForResponse((response) => response.url().endsWith('/v1/code'))
    await page.clock.fastForward(5_000)
    await page.getByTestId('refresh').click()
    await code
  }
}

/** Addresses below /v1/ that a page asks for from now on. */
function askedOf(context) {
  const asked = []
  context.on('request', (request) => request.url().includes('/v1/') && asked.push(new URL(request.url()).pathname))
  return asked
}

test('a repeat visit within ten minutes asks for the code only, and a refusal leaves everything as it was', async (t) => {
  const { page, state, context } = await phone(t, 'budget', (state) => {
    state.rounds = [openRound(nowS())]
  })
  await page.clock.install()
  await page.reload()
  await page.getByTestId('round-line').first().waitFor()
  const asked = askedOf(context)
  const visit = async () => {
    asked.length = 0
    await page.reload()
    await page.getByTestId('round-line').first().waitFor()
    await settled(page)
    return asked
  }
  // The button also asks what is switched off.
  assert.deepEqual([...new Set(await visit())].sort(), ['/v1/code', '/v1/server'])
  // After ten minutes it asks again, and is told that nothing has changed.
  await page.clock.setSystemTime(Date.now() + 11 * 60_000)
  const unchanged = page.waitForResponse((response) => response.url().endsWith('/v1/schedule'))
  assert.ok((await visit()).includes('/v1/schedule'))
  assert.equal((await unchanged).status(), 304)
  assert.equal(state.scheduleUnchanged, 1)
  // Refused: everything stays, and nobody comes again for ten minutes.
  state.refuse = { status: 503, body: { type: '/problems/busy', title: 'busy', status: 503 } }
  await page.clock.setSystemTime(Date.now() + 22 * 60_000)
  const refused = page.waitForResponse((response) => response.url().endsWith('/v1/schedule'))
  await visit()
  assert.equal((await refused).status(), 503)
  assert.ok(!(await visit()).includes('/v1/schedule'))
})

test('in a surge, when the code itself is late, nothing else is asked', async (t) => {
  const late = { status: 503, body: { type: '/problems/busy', title: 'busy', status: 503 }, headers: { 'Retry-After': '60' } }
  let busy = false
  const { page, state, context } = await phone(t, 'surge', (state, api) => {
    state.rounds = [openRound(nowS())]
    const code = api['GET /v1/code']
    api['GET /v1/code'] = (request) => (busy ? late : code(request))
  })
  await page.getByTestId('round-line').first().waitFor()
  busy = true
  await page.clock.install({ time: Date.now() + 20 * 60_000 })
  const asked = askedOf(context)
  await page.reload()
  await page.waitForSelector('[data-contact=delayed]')
  await page.getByTestId('round-line').first().waitFor()
  await settled(page)
  assert.deepEqual(asked.filter((path) => path === '/v1/schedule'), [])
  assert.equal(state.scheduleAsked, 1)
})

test('where the server says that no round is on the schedule is not asked for', async (t) => {
  const { page, state, context } = await phone(t, 'quiet', (state, api) => {
    const server = api['GET /v1/server']
    api['GET /v1/server'] = (request) => ({ body: { ...server(request).body, rounds: 0 } })
  })
  await page.clock.install()
  const asked = askedOf(context)
  await page.reload()
  await settled(page)
  assert.ok(asked.includes('/v1/code'))
  assert.equal(state.scheduleAsked, 0)
  assert.equal(await page.getByTestId('round-card').count(), 0)
})

test('the schedule shows windows, points, queues with their age, and stays readable without a server', async (t) => {
  const { page, server } = await phone(t, 'schedule', (state) => {
    const round = openRound(nowS())
    state.rounds = [round, relativeOf(round, 'vaccinated'), { ...relativeOf(round, 'open'), person: { personId: '3', name: '王**', relation: 'grandparent' } }]
  })
  await keptForOffline(page)
  await page.getByTestId('open-schedule').click()
  await page.getByTestId('point').first().waitFor()
  const point = await page.getByTestId('point').first().innerText()
  assert.match(point, /电子城小学操场[\s\S]*固定点[\s\S]*开放 .+\d\d:\d\d–.*\d\d:\d\d · 约 35 人排队（5 分钟前） · 约等 10 分钟[\s\S]*10 分钟内采样 60 人/)
  assert.match(await page.getByTestId('round-notice').innerText(), /身份证件/)
  assert.deepEqual(await page.getByTestId('standing').evaluateAll((all) => all.map((one) => one.dataset.standing)), ['open', 'vaccinated', 'open'])
  assert.match(await page.getByTestId('round-person').nth(2).innerText(), /采样点与张\*三相同/)
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'schedule')
  await page.getByTestId('language').click()
  await page.getByTestId('large-type').click()
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'schedule-en-large')
  await page.getByTestId('language').click()
  await server.close()
  await page.clock.setFixedTime(Date.now() + 2 * 3_600_000)
  await page.reload()
  await page.getByTestId('asking-failed').filter({ hasText: '连不上' }).waitFor()
  assert.match(await page.getByTestId('asked').innerText(), /2 小时前/)
  await page.getByTestId('point').first().waitFor()
  await screenshot(page, 'schedule-offline')
})

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
  assert.equal(await page.getByTestId('open-proof').count(), 3)
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'results')
  await page.getByTestId('language').click()
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
  await open(page, 'proof/r3')
  await page.getByText('不再保存在本机').waitFor()
  assert.equal(state.proofs, 2)
  await server.close()
  await page.clock.setFixedTime(Date.now() + 30 * 60_000)
  await open(page, 'history')
  await page.reload()
  await page.getByTestId('history-failed').waitFor()
  assert.equal(await page.getByTestId('result').count(), 4)
  await page.getByTestId('open-proof').first().click()
  await page.locator('[data-test=proof-kept][data-offline=true]').waitFor()
  assert.equal(await readQr(page.getByTestId('proof-sheet').getByTestId('qr')), before)
  await screenshot(page, 'proof-offline')
  await open(page, 'proof/r3')
  await page.getByTestId('proof-failed').waitFor()
  // Older than 72 hours by now: gone from the device.
  await page.clock.setFixedTime(Date.now() + 60 * 3_600_000)
  await open(page, 'proof/r1')
  await page.getByTestId('proof-failed').waitFor()
  // The code has expired with them; logging out forgets the rest.
  await open(page, 'code')
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

test('the proof has everything on one sheet of A4, its QR is the certificate, and a gate of the city takes the paper', async (t) => {
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
  assert.deepEqual([verdict.outcome, verdict.reasons], ['allow', ['check-document']])
  assert.match(verdict.text, /张三三[\s\S]*24 小时[\s\S]*阴性/)
})

test('the certificate can be copied, and saved as text and as pictures that a reader reads', async (t) => {
  const { page, context } = await phone(t, 'export')
  await open(page, 'proof/r1')
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
  await open(page, 'proof/r4')
  await page.getByTestId('proof-failed').filter({ hasText: '不能出证明' }).waitFor()
})

test('a declaration waits in line like every write, then is on the list with its review and the remark', async (t) => {
  let room
  const { page, state } = await phone(t, 'declare', (state, api) => {
    state.rounds = [openRound(nowS())]
    const guarded = withRoom(api, { open: true, issued: 1001 })
    room = guarded.room
    return guarded.api
  })
  await page.reload()
  await page.getByTestId('round-card').click()
  await page.getByTestId('to-declare').click()
  await page.getByTestId('declaration-form').waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'declare-form')
  room.open = false
  await page.getByTestId('submit-declaration').click()
  await page.getByTestId('waiting').waitFor()
  assert.equal(await page.getByTestId('declaration-form').isVisible(), false)
  room.open = true
  room.serving = 1e6
  await page.getByTestId('declaration-sent').waitFor()
  assert.deepEqual(state.declared[0], { campaign: 3, kind: 'vaccinated', evidence: { kind: 'none' } })
  await page.locator('[data-test=declaration][data-review=waiting]').waitFor()
  state.declarations = [{ ...state.declarations[0], review: 'refused', reviewed: { name: 'community-1', at: new Date().toISOString() }, remark: '没有查到接种记录，请上传凭证' }]
  await page.clock.setFixedTime(Date.now() + 4_000)
  await page.getByTestId('ask-again').click()
  await page.getByTestId('remark').filter({ hasText: '没有查到接种记录' }).waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'declarations')
})

test('an own test is declared by a picture of its certificate, or by a photo made small on the phone', async (t) => {
  const { page, state, city } = await phone(t, 'evidence')
  const certificate = testCertificate(city.key, { issuedAtS: nowS() - 3600, sampledS: nowS() - 20 * 3600 })
  await open(page, 'declare/new')
  await page.getByTestId('kind-outside-city').click()
  await page.getByTestId('submit-declaration').click()
  await page.getByText('请扫描或粘贴证书').waitFor()
  await page.locator('#certificate').fill('YMT1:ABC')
  await page.getByText('这是健康码，不是检测证书').waitFor()

  // The same certificate as a photograph of a screen.
  const shot = join(folder, 'certificate.png')
  await writeQrPicture(page.context(), shot, certificate)
  await page.getByTestId('scan-certificate').setInputFiles(shot)
  await page.locator('[data-test=scan-state][data-state=scanned]').waitFor()
  assert.equal(await page.locator('#certificate').inputValue(), certificate)
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'declare-certificate')

  // Refused by the server for its content: the words stand at the field.
  state.refuseDeclaration = {
    status: 422,
    body: { type: '/problems/invalid', title: 'x', titleZh: 'x', status: 422, field: 'evidence.text', detail: 'The name differs', detailZh: '证书上的姓名与登记的不一致' },
  }
  await page.getByTestId('submit-declaration').click()
  await page.locator('#certificate-error').filter({ hasText: '姓名与登记的不一致' }).waitFor()
  state.refuseDeclaration = null

  await page.getByTestId('evidence-upload').click()
  const noise = join(folder, 'photo.png')
  await writeFile(noise, await noisyPicture(page))
  await page.locator('#upload').setInputFiles(noise)
  await page.locator('[data-test=upload-state]').filter({ hasText: 'photo.png' }).waitFor()
  await page.locator('#sampled').fill('2022-01-05T10:00')
  await screenshot(page, 'declare-upload')
  await page.getByTestId('submit-declaration').click()
  await page.getByTestId('declaration-sent').waitFor()
  const { evidence, sampled } = state.declared.at(-1)
  assert.equal(sampled, '2022-01-05T02:00:00.000Z')
  assert.equal(evidence.mediaType, 'image/jpeg')
  const bytes = Buffer.from(evidence.data, 'base64')
  assert.ok(bytes.length <= 200_000 && bytes.length > 10_000, `${bytes.length} bytes`)
  assert.deepEqual([...bytes.subarray(0, 3)], [0xff, 0xd8, 0xff])
  // The megabyte of the decoder was fetched for this, and is not part of what every phone keeps.
  const kept = await page.evaluate(async () => {
    const names = await caches.keys()
    const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)))
    return all.flat()
  })
  assert.ok(kept.length > 10)
  assert.deepEqual(kept.filter((url) => url.endsWith('.wasm')), [])
})

/** A picture that does not compress: like a photo of a document on a rough table, 8 megapixels. */
async function noisyPicture(page) {
  const data = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 3264, height: 2448 })
    const context = canvas.getContext('2d')
    const pixels = context.createImageData(canvas.width, canvas.height)
    let seed = 1
    for (let i = 0; i < pixels.data.length; i += 4) {
      seed = (seed * 1103515245 + 12345) % 2 ** 31
      pixels.data.set([seed & 255, (seed >> 8) & 255, 200, 255], i)
    }
    context.putImageData(pixels, 0, 0)
    return canvas.toDataURL('image/png')
  })
  return Buffer.from(data.split(',')[1], 'base64')
}
