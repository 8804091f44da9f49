/// The gate without a network: a code from the camera is judged, check-ins wait and are synced once.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { complaints, launch } from '../harness/chromium.mjs'
import { City, newKey, presentationText } from '../harness/city.mjs'
import { gateApi } from '../harness/gate_api.mjs'
import { builtPages, servePages } from '../harness/page_server.mjs'
import { backToScanning, keptForOffline, openGate, pasteText, verdictOf, waitingCount } from '../harness/verifier_page.mjs'
import { writeQrFilm } from '../harness/y4m.mjs'

selectors.setTestIdAttribute('data-test')
const nowS = () => Math.floor(Date.now() / 1000)
let dist
let folder
before(async () => {
  dist = await builtPages()
  folder = await mkdtemp(join(tmpdir(), 'yimatong-gate-'))
})
after(() => rm(folder, { recursive: true, force: true }))

/** A gate in a browser whose camera shows the code of a person, presented `ageS` seconds ago. */
async function gateSeeing(ageS, name) {
  const holder = newKey()
  const city = new City()
  const { api, state } = gateApi(city, nowS)
  const server = await servePages(dist, api)
  const credential = city.credential({ issuedAtS: nowS() - 600, holder, index: 5 })
  const film = join(folder, `${name}.y4m`)
  // The clock of the page stands still at the moment of opening, so that a slow machine does not age the code.
  const openedMs = Date.now()
  writeQrFilm(film, presentationText(credential, holder, Math.floor(openedMs / 1000) - ageS))
  const context = await launch({ film })
  const page = context.pages()[0] ?? (await context.newPage())
  await page.clock.setFixedTime(openedMs)
  return { city, state, server, context, page, holder, credential, openedMs, complaints: complaints(page) }
}

test('a code from the camera is allowed with the network off, and checked in later', async () => {
  const gate = await gateSeeing(5, 'fresh')
  const { page, context, state, server } = gate
  await page.goto(`${server.url}/verifier`)
  await page.getByTestId('demo-account').first().click()
  await page.getByTestId('venue').first().waitFor()
  await keptForOffline(page)
  await context.setOffline(true)
  await page.getByTestId('venue').first().click()
  const verdict = await verdictOf(page)
  assert.equal(verdict.outcome, 'allow', JSON.stringify(verdict))
  assert.match(verdict.text, /张\*三/)
  assert.match(verdict.text, /0018/)
  await backToScanning(page)
  // The same bytes again are a re-read, not a second visit.
  await page.getByTestId('repeated').waitFor()
  assert.equal(await waitingCount(page), 1)
  assert.equal(state.recorded.size, 0)
  await context.setOffline(false)
  await page.waitForFunction(() => document.querySelector('[data-test="waiting"]')?.getAttribute('data-count') === '0')
  assert.equal(state.recorded.size, 1)
  assert.deepEqual(gate.complaints.filter((text) => !text.includes('net::ERR_')), [])
})

test('a screenshot 90 s old is refused from the camera', async () => {
  const gate = await gateSeeing(90, 'stale')
  await openGate(gate.page, gate.server.url)
  const verdict = await verdictOf(gate.page)
  assert.equal(verdict.outcome, 'refuse')
  assert.deepEqual(verdict.reasons, ['stale-presentation'])
})

test('the page opens without a server and still judges with what it kept', async () => {
  const gate = await gateSeeing(5, 'reload')
  const { page, server, credential, holder, openedMs } = gate
  await page.goto(`${server.url}/verifier`)
  await page.getByTestId('demo-account').first().click()
  await keptForOffline(page)
  await server.close()
  await page.reload()
  await page.getByTestId('venue-name').or(page.getByTestId('verdict')).or(page.locator('#venue-query')).first().waitFor()
  if (await page.locator('#venue-query').count()) await page.getByRole('button', { name: '关闭' }).click()
  const fromCamera = await verdictOf(page)
  assert.equal(fromCamera.outcome, 'allow')
  await backToScanning(page)
  await pasteText(page, presentationText(credential, newKey(), Math.floor(openedMs / 1000)))
  assert.deepEqual((await verdictOf(page)).reasons, ['bad-device-proof'])
  await backToScanning(page)
  await pasteText(page, presentationText(credential, holder, Math.floor(openedMs / 1000) + 40))
  assert.deepEqual((await verdictOf(page)).reasons, ['clock-skew'])
})

test('a colour change is refused after the next refresh', async () => {
  const gate = await gateSeeing(5, 'change')
  const { page, server, city, state } = gate
  await openGate(page, server.url)
  assert.equal((await verdictOf(page)).outcome, 'allow')
  await keptForOffline(page)
  city.setStatus(5, 'yellow')
  state.token = city.statusListToken(nowS())
  await backToScanning(page)
  await page.getByTestId('open-settings').click()
  const refreshed = page.waitForResponse(city.uri.replace('http://127.0.0.1', server.url))
  await page.getByRole('button', { name: '立即更新' }).click()
  await refreshed
  await page.getByTestId('close-settings').click()
  // The code is still in front of the camera: it is judged anew, because the outcome is another.
  const verdict = await verdictOf(page)
  assert.equal(verdict.outcome, 'refuse')
  assert.deepEqual(verdict.reasons, ['colour-yellow'])
})
