/// A sampling table and residents with the real binary: bound offline, uploaded once over a power cut, sealed, boxed.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { launch } from '../harness/chromium.mjs'
import * as citizen from '../harness/citizen_page.mjs'
import { residentId } from '../harness/documents.mjs'
import { readQr } from '../harness/qr_reader.mjs'
import { pooledResult, staffOf, startCity } from '../harness/real_city.mjs'
import * as at from '../harness/sampler_page.mjs'
import { emptyFrame, writeFilm } from '../harness/y4m.mjs'

selectors.setTestIdAttribute('data-test')
let city
let folder
let film
let people = 0
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yimatong-sampling-'))
  film = join(folder, 'empty.y4m')
  writeFilm(film, [emptyFrame()])
  city = await startCity(folder)
})
after(async () => {
  await city.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A person who has just registered on a phone of their own. */
async function resident(name = '张小三') {
  people += 1
  const person = { phone: `137000000${people + 10}`, number: residentId(300 + people), name }
  const context = await launch({ profile: join(folder, `phone-${people}`) })
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(city.url)
  await citizen.register(page, person)
  return { ...person, context, page, shown: () => readQr(page.getByTestId('qr')) }
}

/** A table outside of a round, signed in, with everything kept. */
async function table(setup = {}) {
  const context = await launch({ film })
  const page = context.pages()[0] ?? (await context.newPage())
  await at.openTable(page, city.url, { round: '', ...setup })
  await at.keptForOffline(page)
  return { context, page }
}

/** The tube as the server has it, read by headquarters. */
async function tubeOf(barcode) {
  const { items } = await (await fetch(`${city.url}/v1/demo/accounts`)).json()
  const { name, password, totp } = items.find((account) => account.role === 'headquarters')
  const headers = { 'Content-Type': 'application/json' }
  const body = JSON.stringify({ name, password, totp })
  const { token } = await (await fetch(`${city.url}/v1/staff/sessions`, { method: 'POST', headers, body })).json()
  const asked = await fetch(`${city.url}/v1/tubes/${barcode}?purpose=test`, { headers: { Authorization: `Bearer ${token}` } })
  assert.equal(asked.status, 200, await asked.clone().text())
  return asked.json()
}

test('people bound with the network off are in the tube at the server, each once', async () => {
  const [one, two] = [await resident('张小三'), await resident('李小四')]
  const { page, context } = await table({ size: 5 })
  await context.setOffline(true)
  await at.putTube(page, 'CITY-0001')
  await at.scan(page, await one.shown())
  await at.bound(page, 1)
  await at.scan(page, await two.shown())
  await at.bound(page, 2)
  await page.getByTestId('open-document').click()
  await at.byDocument(page, { number: residentId(390), name: '王小五' })
  await at.bound(page, 3)
  await page.getByTestId('open-document').click()
  await at.byDocument(page, { kind: 'passport', number: 'E12345678', name: 'Anna Johnson' })
  await at.bound(page, 4)
  await page.getByTestId('undo-last').click()
  await at.bound(page, 3)
  await page.getByTestId('seal').click()
  await page.getByTestId('seal').click()
  assert.equal(await at.waitingSamples(page), 4)
  await context.setOffline(false)
  await at.goTo(page, 'uploads')
  await page.getByTestId('send-now').click()
  await at.allSent(page)
  const tube = await tubeOf('CITY-0001')
  assert.equal(tube.people, 3)
  assert.ok(tube.sealed)
  assert.deepEqual(tube.flags, [])
  assert.deepEqual(
    tube.samples.map(({ person, undone, source }) => [person.name, undone !== undefined, source]).sort(),
    // What fills a field in one go is a reader.
    [['A***n', true, 'id-card'], ['张*三', false, 'code'], ['李*四', false, 'code'], ['王*五', false, 'id-card']].sort(),
  )
  await context.close()
  await Promise.all([one, two].map((person) => person.context.close()))
})

test('online the server is asked: an unknown document needs a name, somebody of a positive pool a single tube', async () => {
  const person = await resident('赵小六')
  const lab = await staffOf(city, 'lab')
  const { items } = await lab('/v1/test-results', { results: [pooledResult(person.number, 'positive')] })
  assert.equal(items[0].status, 'recorded', JSON.stringify(items))
  const { page, context } = await table()
  await at.putTube(page, 'CITY-0002')
  await page.getByTestId('open-document').click()
  await at.byDocument(page, { number: residentId(391) })
  await page.getByText('服务器上没有此人').waitFor()
  await page.locator('#person-name').fill('孙小七')
  await page.getByTestId('add-person').click()
  await at.bound(page, 1)
  await at.scan(page, await person.shown())
  assert.deepEqual((await at.questionOf(page)).codes, ['needs-single'])
  await at.answer(page, 'use-single')
  await at.scan(page, 'CITY-SINGLE-1')
  await at.bound(page, 1)
  await at.allSent(page)
  assert.deepEqual((await tubeOf('CITY-SINGLE-1')).size, 1)
  await context.close()
  await person.context.close()
})

test('who was taken offline without a name and is not registered comes back, is mended and recorded', async () => {
  const { page, context } = await table()
  await context.setOffline(true)
  await at.putTube(page, 'CITY-0006')
  await page.getByTestId('open-document').click()
  await at.byDocument(page, { number: residentId(393) })
  await at.bound(page, 1)
  await page.getByTestId('seal').click()
  await page.getByTestId('seal').click()
  await context.setOffline(false)
  await at.goTo(page, 'uploads')
  await page.getByTestId('send-now').click()
  await page.locator('[data-test="refused-row"][data-problem="name-needed"]').waitFor()
  await page.getByTestId('mend').click()
  await page.locator('#person-name').fill('冯小二')
  await page.getByTestId('add-person').click()
  await page.getByTestId('refused-row').waitFor({ state: 'detached' })
  await at.allSent(page)
  const tube = await tubeOf('CITY-0006')
  assert.deepEqual([tube.people, tube.samples[0].person.name, tube.sealed !== undefined], [1, '冯*二', true])
  await context.close()
})

test('a scanned number of somebody the city knows is taken with the masked name on file', async () => {
  const person = await resident('周小八')
  await person.context.close()
  const { page, context } = await table()
  await at.putTube(page, 'CITY-0003')
  await at.scan(page, person.number)
  await at.bound(page, 1)
  assert.match(await page.getByTestId('bound-name').innerText(), /周\*八/)
  await at.allSent(page)
  await context.close()
})

test('a box is packed and handed over, and the queue told at the table is on the public display', async () => {
  const { page, context } = await table({ size: 1 })
  await at.putTube(page, 'CITY-0004')
  await page.getByTestId('open-document').click()
  await at.byDocument(page, { number: residentId(392), name: '吴小九' })
  await at.bound(page, 1)
  await page.getByTestId('seal').click()
  await at.goTo(page, 'boxes')
  await page.locator('#box').fill('CITY-BOX-1')
  await page.getByTestId('pack').click()
  await page.getByLabel('转运人员姓名').fill('李师傅')
  await page.getByTestId('hand-over').click()
  await at.goTo(page, 'queue')
  for (const step of ['+10', '+1']) await page.getByTestId(`step${step}`).click()
  await page.getByTestId('tell').click()
  await at.goTo(page, 'uploads')
  await page.getByTestId('send-now').click()
  await at.allSent(page)
  assert.equal(await page.getByTestId('refused-errand').count(), 0)
  assert.equal((await tubeOf('CITY-0004')).box, 'CITY-BOX-1')
  await at.goTo(page, 'queue')
  await page.getByTestId('open-display').click()
  await page.getByTestId('display-waiting').filter({ hasText: '11' }).waitFor()
  await context.close()
})

// Last, because it cuts the city's power.
test('a power cut of the server in the middle of an upload loses nobody and counts nobody twice', async () => {
  const { page, context } = await table({ size: 20 })
  await at.putTube(page, 'CITY-0005')
  await context.setOffline(true)
  for (let n = 0; n < 20; n += 1) {
    await page.getByTestId('open-document').click()
    await at.byDocument(page, { number: residentId(400 + n), name: '郑小十' })
    await at.bound(page, n + 1)
  }
  await context.setOffline(false)
  // The answer is lost: the server has the rows, and is killed.
  let killed
  await page.route('**/v1/samples', async (route) => {
    killed ??= route.fetch().then(() => city.kill())
    await killed
    return route.abort('connectionreset')
  })
  await at.goTo(page, 'uploads')
  await page.getByTestId('send-now').click()
  await page.getByText('连不上服务器').waitFor()
  assert.equal(await at.waitingSamples(page), 20)
  await page.unrouteAll({ behavior: 'wait' })
  city = await city.restart()
  await page.getByTestId('send-now').click()
  await at.allSent(page)
  const tube = await tubeOf('CITY-0005')
  assert.deepEqual([tube.people, tube.samples.length], [20, 20])
  await context.close()
})
