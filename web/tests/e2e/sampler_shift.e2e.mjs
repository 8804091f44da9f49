/// A shift without a network: the server off, the page reloaded, the browser killed, and everything synced once.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { launch } from '../harness/chromium.mjs'
import { City, newKey, presentationText } from '../harness/city.mjs'
import { residentId } from '../harness/documents.mjs'
import { builtPages, servePages } from '../harness/page_server.mjs'
import { samplerApi } from '../harness/sampler_api.mjs'
import * as at from '../harness/sampler_page.mjs'
import { emptyFrame, writeFilm } from '../harness/y4m.mjs'

selectors.setTestIdAttribute('data-test')
const nowS = () => Math.floor(Date.now() / 1000)
const SHIFT = 200
let dist
let folder
let film
before(async () => {
  dist = await builtPages()
  folder = await mkdtemp(join(tmpdir(), 'yimatong-shift-'))
  film = join(folder, 'empty.y4m')
  writeFilm(film, [emptyFrame()])
})
after(() => rm(folder, { recursive: true, force: true }))

/** A city, its server, and a phone that shows the code of any resident. */
async function city() {
  const town = new City()
  const { api, state } = samplerApi(town, nowS)
  const server = await servePages(dist, api)
  const phone = newKey()
  const shown = (n) => {
    const credential = town.credential({ issuedAtS: nowS() - 600, holder: phone, index: n, name: '张*三', tail: String(1000 + n) })
    return presentationText(credential, phone, nowS())
  }
  const port = Number(new URL(server.url).port)
  return { state, server, shown, restart: () => servePages(dist, api, port) }
}

/** Samples residents `from` to `to` in tubes of ten; every tenth by document. */
async function sample(page, shown, from, to) {
  for (let n = from; n < to; n += 1) {
    if (n % 10 === 0) await at.putTube(page, `SHIFT-${1000 + n / 10}`)
    if (n % 10 === 9) {
      await page.getByTestId('open-document').click()
      await at.byDocument(page, { number: residentId(n), name: '王小五' })
    } else await at.scan(page, shown(n))
    await at.bound(page, (n % 10) + 1)
  }
}

test('a shift with the server off survives a reload and a killed browser, and is synced once', async () => {
  const { state, server, shown, restart } = await city()
  const profile = join(folder, 'profile')
  let context = await launch({ film, profile })
  let page = context.pages()[0]
  await at.openTable(page, server.url)
  await at.keptForOffline(page)
  await server.close()
  await sample(page, shown, 0, 80)
  await page.reload()
  await at.bound(page, 10)
  assert.equal(await at.waitingSamples(page), 80)
  await sample(page, shown, 80, 125)
  // What is on the screen is on the disk: the browser is killed right after it.
  const devtools = await context.newCDPSession(page)
  const closed = new Promise((done) => context.once('close', done))
  await Promise.race([devtools.send('Browser.crash').catch(() => undefined), closed])
  await closed
  await context.close().catch(() => undefined)
  context = await launch({ film, profile })
  page = context.pages()[0] ?? (await context.newPage())
  await page.goto(`${server.url}/sampler`)
  await at.bound(page, 5)
  assert.equal(await at.waitingSamples(page), 125)
  // A person from before the crash is known again.
  await at.scan(page, shown(3))
  assert.deepEqual((await at.questionOf(page)).codes, ['in-round'])
  await at.answer(page, 'dismiss')
  for (let n = 125; n < 130; n += 1) {
    await at.scan(page, shown(n))
    await at.bound(page, n - 119)
  }
  await sample(page, shown, 130, SHIFT)
  await page.getByTestId('seal').click()
  assert.equal(state.samples.size, 0)
  await at.goTo(page, 'uploads')
  assert.equal(await page.getByTestId('unsent-samples').innerText(), String(SHIFT))
  assert.equal(await page.getByTestId('unsent-seals').innerText(), String(SHIFT / 10))
  assert.match(await page.getByTestId('oldest').innerText(), /前|刚刚/)

  const again = await restart()
  await page.getByTestId('send-now').click()
  await at.allSent(page)
  assert.equal(state.samples.size, SHIFT)
  assert.equal(new Set([...state.samples.values()].map(({ tube }) => tube)).size, SHIFT / 10)
  assert.equal(state.seals.size, SHIFT / 10)
  assert.deepEqual([state.duplicates, state.devices.size, state.batches.every((rows) => rows <= 500)], [0, 1, true])
  const sources = [...state.samples.values()].map(({ source }) => source)
  assert.deepEqual([sources.filter((source) => source === 'code').length, sources.length], [SHIFT * 0.9 + 1, SHIFT])
  await context.close()
  await again.close()
})

test('an answer that is lost on the way is asked for again, and nobody is counted twice', async () => {
  const { state, server, shown } = await city()
  const context = await launch({ film })
  const page = context.pages()[0]
  await at.openTable(page, server.url)
  await at.keptForOffline(page)
  await at.putTube(page, 'LOST-0001')
  let lost = 0
  await page.route('**/v1/samples', async (route) => {
    lost += 1
    // The server has recorded it; only the answer does not arrive.
    await route.fetch()
    return route.abort('connectionreset')
  })
  for (const n of [1, 2, 3]) {
    await at.scan(page, shown(n))
    await at.bound(page, n)
  }
  await at.goTo(page, 'uploads')
  await page.getByTestId('send-now').click()
  await page.getByText('连不上服务器').waitFor()
  assert.ok(lost >= 1)
  assert.equal(await at.waitingSamples(page), 3)
  await page.unrouteAll({ behavior: 'wait' })
  await page.getByTestId('send-now').click()
  await at.allSent(page)
  assert.equal(state.samples.size, 3)
  assert.ok(state.duplicates >= 1)
})

test('two tabs of one device share tubes and people, and send each sample once', async () => {
  const { state, server, shown } = await city()
  const context = await launch({ film })
  const page = context.pages()[0]
  await at.openTable(page, server.url)
  await at.keptForOffline(page)
  state.refuse = 503
  await at.putTube(page, 'TABS-0001')
  await at.scan(page, shown(1))
  await at.bound(page, 1)
  const other = await context.newPage()
  await other.goto(`${server.url}/sampler`)
  await at.bound(other, 1)
  await at.scan(other, shown(1))
  await other.getByTestId('remark').or(other.getByTestId('question')).first().waitFor()
  assert.equal(await other.getByTestId('tube-card').getAttribute('data-people'), '1')
  if (await other.getByTestId('question').count()) await at.answer(other, 'dismiss')
  await at.scan(other, shown(2))
  await at.bound(other, 2)
  // The first tab hears of it.
  await at.bound(page, 2)
  assert.equal(await at.waitingSamples(page), 2)
  state.refuse = null
  await Promise.all([page, other].map((tab) => at.goTo(tab, 'uploads')))
  await Promise.all([page, other].map((tab) => tab.getByTestId('send-now').click()))
  await Promise.all([page, other].map((tab) => at.allSent(tab)))
  assert.deepEqual([state.samples.size, state.duplicates, state.devices.size], [2, 0, 1])
})

test('an ended session lets the shift go on, and the next log in uploads it', async () => {
  const { state, server, shown } = await city()
  const context = await launch({ film })
  const page = context.pages()[0]
  await at.openTable(page, server.url)
  await at.keptForOffline(page)
  state.refuse = 401
  await at.putTube(page, 'LATE-0001')
  await at.scan(page, shown(1))
  await at.bound(page, 1)
  await page.getByTestId('log-in-again').waitFor()
  await at.scan(page, shown(2))
  await at.bound(page, 2)
  state.refuse = null
  await page.getByTestId('log-in-again').click()
  await page.getByTestId('demo-account').first().click()
  await at.allSent(page)
  assert.equal(state.samples.size, 2)
})
