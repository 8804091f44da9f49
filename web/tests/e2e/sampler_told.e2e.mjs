/// What the server tells a table later: something odd about a sample, an undo that came too late, a round that is over.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { launch, screenshot } from '../harness/chromium.mjs'
import { City } from '../harness/city.mjs'
import { residentId } from '../harness/documents.mjs'
import { builtPages, servePages } from '../harness/page_server.mjs'
import { samplerApi } from '../harness/sampler_api.mjs'
import * as at from '../harness/sampler_page.mjs'
import { emptyFrame, writeFilm } from '../harness/y4m.mjs'

selectors.setTestIdAttribute('data-test')
const nowS = () => Math.floor(Date.now() / 1000)
let dist
let folder
before(async () => {
  dist = await builtPages()
  folder = await mkdtemp(join(tmpdir(), 'yimatong-told-'))
  writeFilm(join(folder, 'empty.y4m'), [emptyFrame()])
})
after(() => rm(folder, { recursive: true, force: true }))

async function table({ aheadMs = 0, ...setup } = {}) {
  const { api, state } = samplerApi(new City(), nowS)
  const server = await servePages(dist, api)
  const context = await launch({ film: join(folder, 'empty.y4m'), mobile: true })
  const page = context.pages()[0]
  await page.addInitScript((ms) => {
    const now = Date.now
    Date.now = () => now() + ms
  }, aheadMs)
  await at.openTable(page, server.url, setup)
  await at.keptForOffline(page)
  return { state, page, api }
}

async function bindOne(page, tube, n, people = 1) {
  if (people === 1) await at.putTube(page, tube)
  await page.getByTestId('open-document').click()
  await at.byDocument(page, { number: residentId(n), name: '王小五' })
  await at.bound(page, people)
}

test('a barcode that was used elsewhere is told while the tube is still on the table', async () => {
  const { state, page } = await table()
  state.outcome = () => ({ status: 'recorded', flags: ['barcode-used'] })
  await bindOne(page, 'TOLD-0001', 1)
  await at.allSent(page)
  const flag = page.getByTestId('tube-flag')
  await flag.waitFor()
  assert.match(await flag.innerText(), /此条码在别处用过/)
  await page.getByTestId('open-list').click()
  assert.match(await page.getByTestId('flag').innerText(), /停用此管/)
  await screenshot(page, 'sampler-flag')
  assert.deepEqual(await seriousViolations(page), [])
  // Who is undone is odd no more.
  await page.getByTestId('undo').click()
  await page.getByTestId('undo').click()
  await flag.waitFor({ state: 'detached' })
})

test('an undo that the server refuses is sent back, not waiting for ever', async () => {
  const { page, api } = await table()
  const anything = api.any
  api.any = (request) =>
    request.pathname.endsWith('/undo') ? { status: 409, body: { type: '/problems/has-result', title: 'x', titleZh: '该管已有结果', status: 409 } } : anything(request)
  await bindOne(page, 'TOLD-0002', 2)
  await at.allSent(page)
  await page.getByTestId('undo-last').click()
  await at.bound(page, 0)
  await at.goTo(page, 'uploads')
  await page.getByTestId('send-now').click()
  await page.getByTestId('refused-errand').waitFor()
  await at.allSent(page)
  assert.match(await page.locator('.status-bar').innerText(), /被退回 1/)
  // The tube nobody is in can be put away.
  await at.goTo(page, 'table')
  await page.getByTestId('drop-tube').click()
  await page.waitForFunction(() => document.querySelector('[data-test="tube-card"]')?.dataset.tube === '')
})

test('the round that runs is proposed, and a table of a round that is over is told', async () => {
  const { state, page } = await table({ round: '' })
  assert.match(await page.getByTestId('open-setup').innerText(), /全员核酸第三轮/)
  assert.equal(await page.getByTestId('round-trouble').count(), 0)
  state.rounds = [{ ...state.rounds[0], number: 4, nameZh: '全员核酸第四轮' }, { ...state.rounds[0], state: 'closed' }]
  await page.reload()
  const trouble = page.getByTestId('round-trouble')
  await trouble.waitFor()
  assert.equal(await trouble.getAttribute('data-trouble'), 'ended')
  await screenshot(page, 'sampler-round-over')
  assert.deepEqual(await seriousViolations(page), [])
  await page.getByTestId('choose-round').click()
  await page.locator('#round option[value="4"]').waitFor({ state: 'attached' })
  await page.locator('#round').selectOption('4')
  await page.getByTestId('start').click()
  await page.getByTestId('tube-card').waitFor()
  assert.equal(await trouble.count(), 0)
  assert.match(await page.getByTestId('open-setup').innerText(), /全员核酸第四轮/)
})

test('on a device whose clock is ten minutes fast the time of the server is written down', async () => {
  const { state, page } = await table({ aheadMs: 600_000 })
  await page.getByTestId('banners').getByText('相差').waitFor()
  await bindOne(page, 'TOLD-0003', 3)
  await at.allSent(page)
  const [row] = state.samples.values()
  assert.ok(Math.abs(Date.parse(row.sampled) - Date.now()) < 60_000, row.sampled)
})
