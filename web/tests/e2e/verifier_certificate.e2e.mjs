/// The city's own test certificate on paper at a gate that asks for 48 h: the shared vectors, in the page, from camera and text.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { launch } from '../harness/chromium.mjs'
import { City, newKey, testCertificate } from '../harness/city.mjs'
import { gateApi } from '../harness/gate_api.mjs'
import { builtPages, servePages } from '../harness/page_server.mjs'
import { backToScanning, keptForOffline, openGate, pasteText, verdictOf } from '../harness/verifier_page.mjs'
import { emptyFrame, writeFilm, writeQrFilm } from '../harness/y4m.mjs'

selectors.setTestIdAttribute('data-test')
const vectors = JSON.parse(readFileSync(new URL('../../../testdata/credential/vectors.json', import.meta.url), 'utf8'))
const OWN = vectors.cases.filter(({ name }) => name.startsWith('own:'))
const HOUR_S = 3600
let dist
let folder
before(async () => {
  dist = await builtPages()
  folder = await mkdtemp(join(tmpdir(), 'yimatong-certificate-'))
})
after(() => rm(folder, { recursive: true, force: true }))

/** A gate whose clock stands at `nowS`, with these keys beside its city's, that asks for a negative test within 48 h. */
async function gate(t, { city, nowS, keys = [], film }) {
  const { api } = gateApi(city, () => nowS)
  api['GET /.well-known/jwks.json'] = () => ({ body: { keys: [...city.jwks().keys, ...keys] } })
  const server = await servePages(dist, api)
  const context = await launch({ film })
  t.after(() => context.close())
  const page = context.pages()[0] ?? (await context.newPage())
  await page.clock.setFixedTime(nowS * 1000)
  await openGate(page, server.url)
  await keptForOffline(page)
  await page.getByTestId('open-settings').click()
  await page.locator('#rule-test').selectOption('48')
  assert.equal(await page.locator('#rule-foreign').inputValue(), 'negative')
  await page.getByTestId('close-settings').click()
  return { page, context }
}

test('every shared vector of an own certificate gets its verdict in the page, without a network', async (t) => {
  assert.equal(OWN.length, 6)
  const film = join(folder, 'empty.y4m')
  writeFilm(film, [emptyFrame()])
  const nowS = OWN[0].now
  const keys = OWN[0].jwks.keys
  const { page, context } = await gate(t, { city: new City(), nowS, keys, film })
  await context.setOffline(true)
  for (const { name, text, expected, jwks, now } of OWN) {
    assert.deepEqual([now, jwks.keys], [nowS, keys], name)
    await pasteText(page, text)
    const { outcome, reasons } = await verdictOf(page)
    assert.deepEqual({ outcome, reasons }, { outcome: expected.outcome, reasons: expected.reasons }, name)
    await backToScanning(page)
  }
})

test('a paper certificate held before the camera tells its test for 48 hours after sampling, and the code is asked for beside it', async (t) => {
  const city = new City()
  const nowS = Math.floor(Date.now() / 1000)
  const paper = (hours, key = city.key) => testCertificate(key, { issuedAtS: nowS - 60, sampledS: nowS - hours * HOUR_S })
  const film = join(folder, 'paper.y4m')
  writeQrFilm(film, paper(47))
  const { page } = await gate(t, { city, nowS, film })
  const seen = await verdictOf(page)
  assert.deepEqual([seen.outcome, seen.reasons], ['check-by-hand', ['code-needed', 'check-document']])
  assert.match(seen.text, /张三三[\s\S]*48 小时[\s\S]*阴性/)
  await backToScanning(page)
  const pasted = async (text) => {
    await pasteText(page, text)
    const { outcome, reasons } = await verdictOf(page)
    await backToScanning(page)
    return [outcome, ...reasons]
  }
  assert.deepEqual(await pasted(paper(49)), ['check-by-hand', 'test-too-old', 'code-needed', 'check-document'])
  assert.deepEqual(await pasted(paper(20, newKey())), ['check-by-hand', 'unknown-key'])
})
