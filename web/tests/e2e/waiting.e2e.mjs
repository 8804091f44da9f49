/// The waiting page: place, range and age of the figures; kept over reload and closing; goes on by itself when called.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { complaints, launch } from '../harness/chromium.mjs'
import { City } from '../harness/city.mjs'
import { fillRegistration, register } from '../harness/citizen_page.mjs'
import { builtPages, servePages } from '../harness/page_server.mjs'
import { residentApi } from '../harness/resident_api.mjs'
import { withRoom } from '../harness/room_api.mjs'

selectors.setTestIdAttribute('data-test')
const nowS = () => Math.floor(Date.now() / 1000)
let dist
let folder
before(async () => {
  dist = await builtPages()
  folder = await mkdtemp(join(tmpdir(), 'yimatong-waiting-'))
})
after(() => rm(folder, { recursive: true, force: true }))

/** A phone at a city with a waiting room; `prepare` is run in every page before its own code. */
async function phone(t, name, { room: more, prepare } = {}) {
  const { api, state } = residentApi(new City(), nowS)
  const { api: guarded, room } = withRoom(api, more)
  const server = await servePages(dist, guarded)
  t.after(() => server.close())
  const profile = join(folder, name)
  const open = async () => {
    const context = await launch({ profile })
    t.after(() => context.close())
    context.setDefaultTimeout(15_000)
    if (prepare) await context.addInitScript(prepare)
    const page = context.pages()[0] ?? (await context.newPage())
    await page.goto(server.url)
    return { context, page, complained: complaints(page) }
  }
  return { state, room, server, open, ...(await open()) }
}

/** Opens the registration and asks for a one-time password. */
async function askForPassword(page, number = '13912345678') {
  await page.getByTestId('open-register').click()
  await page.locator('#name').fill('张三三')
  await page.locator('#phone').fill(number)
  await page.getByTestId('send-otp').click()
}

const placeOf = async (page) => Number((await page.getByTestId('place').innerText()).replace(',', ''))
const placeIs = (page, place) => page.getByTestId('place').filter({ hasText: new RegExp(`^${place}$`) }).waitFor()

/** Somebody looks at the page again a minute later: its next poll is due. */
async function lookAgain(page, minutes = 1) {
  await page.clock.setFixedTime(Date.now() + minutes * 61_000)
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
}

/** Fills what is left of the registration and sends it. */
async function finish(page) {
  await page.locator('#one-time-password').fill(await page.getByTestId('demo-code').getAttribute('data-code'))
  await page.locator('#document-number').fill('34052419800101001X')
  await page.locator('#consent').check()
  await page.getByTestId('submit-register').click()
  await page.getByTestId('qr').waitFor()
}

test('the waiting page shows place, range and age, goes on when called, and ends with a code on the screen', async (t) => {
  const { page, room, complained, context, server } = await phone(t, 'called')
  await askForPassword(page)
  await page.getByTestId('waiting').waitFor()
  assert.equal(await page.getByTestId('place').innerText(), '1,234')
  assert.match(await page.getByTestId('eta').innerText(), /预计还要约 \d+–\d+ 分钟/)
  assert.match(await page.getByTestId('as-of').innerText(), /数据截至 \d\d:\d\d:\d\d/)
  assert.match(await page.title(), /1,234/)
  assert.equal(await page.getByTestId('register-form').isVisible(), false)
  room.serving = 2235
  await lookAgain(page)
  await page.getByTestId('demo-code').waitFor()
  assert.equal(await page.locator('#name').inputValue(), '张三三')
  // Came, showed what was given, and came again when called: one operation all the time.
  assert.deepEqual(room.entered.map(({ ticket }) => ticket), [undefined, 'ticket', 'ticket-2234'])
  assert.equal(new Set(room.entered.map(({ key }) => key)).size, 1)
  await finish(page)
  assert.equal(room.entered.at(-1).pass, 'pass-1')
  assert.equal(await page.title(), '一码通')
  assert.deepEqual(complained.filter((text) => !text.includes('429')), [])
})

test('near the end the page polls as the budget says, the place never rises, and one ticket is enough', async (t) => {
  const { page, room, context, server } = await phone(t, 'near', { room: { issued: 1003, ratePerS: 5 } })
  await askForPassword(page)
  await placeIs(page, 3)
  room.serving = 1001
  await placeIs(page, 2)
  // A node that lags behind.
  room.serving = 1000
  const polls = room.polls
  while (room.polls < polls + 2) await page.waitForResponse((response) => response.url().endsWith('now.json'))
  assert.equal(await placeOf(page), 2)
  room.serving = 1004
  await page.getByTestId('demo-code').waitFor()
  assert.deepEqual(room.tickets, [1003])
})

test('the place survives a reload and closing the browser', async (t) => {
  const { page, room, open, context, server } = await phone(t, 'closed')
  await askForPassword(page)
  await placeIs(page, '1,234')
  await page.reload()
  await page.getByTestId('waiting').waitFor()
  assert.ok((await placeOf(page)) <= 1234)
  await context.close()
  room.serving = 1900
  const again = await open()
  await again.page.getByTestId('waiting').waitFor()
  await lookAgain(again.page)
  await placeIs(again.page, '334')
  assert.deepEqual(room.tickets, [2234])
  room.serving = 2300
  await lookAgain(again.page, 2)
  // The form's content is gone with the page: the person is led on.
  await again.page.getByTestId('claim-left').waitFor()
  assert.deepEqual(await seriousViolations(again.page), [])
  await again.page.getByTestId('go-on').click()
  await again.page.locator('#phone').fill('13912345678')
  await again.page.locator('#name').fill('张三三')
  await again.page.getByTestId('send-otp').click()
  await again.page.getByTestId('demo-code').waitFor()
  assert.equal(room.entered.at(-1).ticket, 'ticket-2234')
  await finish(again.page)
})

test('a second tab shares the place, and never takes another one', async (t) => {
  const { page, room, context, server } = await phone(t, 'tabs', { room: { issued: 1050, ratePerS: 100 } })
  await askForPassword(page)
  await placeIs(page, 50)
  const second = await context.newPage()
  await second.goto(server.url)
  await placeIs(second, 50)
  await second.evaluate(() => (location.hash = 'register'))
  await second.locator('#phone').fill('13912345679')
  await second.getByTestId('send-otp').click()
  await second.getByTestId('waiting').waitFor()
  room.serving = 1020
  await placeIs(page, 30)
  await placeIs(second, 30)
  assert.deepEqual(room.tickets, [1050])
  assert.deepEqual(new Set(room.entered.slice(2).map(({ ticket }) => ticket)), new Set(['ticket-1050']))
  room.serving = 1051
  await Promise.all([page, second].map((each) => each.getByTestId('demo-code').waitFor()))
})

test('a place given back in one tab is given back in the other, whose form comes back with what was typed', async (t) => {
  const { page, room, context, server } = await phone(t, 'given-back')
  await askForPassword(page)
  await placeIs(page, '1,234')
  const second = await context.newPage()
  await second.goto(server.url)
  await second.getByTestId('leave-line').click()
  await second.getByTestId('leave-yes').click()
  await second.getByTestId('welcome').waitFor()
  await page.getByTestId('register-form').waitFor()
  assert.equal(await page.locator('#name').inputValue(), '张三三')
  assert.equal(await page.getByTestId('waiting').count(), 0)
  const asked = room.entered.length
  await page.getByTestId('send-otp').click()
  await placeIs(page, '1,235')
  assert.deepEqual(room.entered.slice(asked).map(({ ticket }) => ticket), [undefined, 'ticket'])
})

test('a number that lapsed is told with the new place', async (t) => {
  const { page, room, context, server } = await phone(t, 'lapsed')
  await askForPassword(page)
  await placeIs(page, '1,234')
  await page.getByTestId('back').click()
  room.serving = 2300
  room.expireBelow = 2300
  room.issued = 2400
  await page.evaluate(() => (location.hash = 'register'))
  await page.locator('#phone').fill('13912345678')
  await page.getByTestId('send-otp').click()
  await page.getByTestId('renewed').waitFor()
  await placeIs(page, 100)
  assert.deepEqual(room.tickets, [2234, 2400])
})

test('a pause and a slower line are told, and the place stays', async (t) => {
  const { page, room, context, server } = await phone(t, 'paused', { room: { issued: 1010, ratePerS: 40 } })
  await askForPassword(page)
  await placeIs(page, 10)
  room.paused = true
  await page.getByTestId('paused').waitFor()
  assert.equal(await placeOf(page), 10)
  room.paused = false
  room.ratePerS = 0.1
  await page.getByTestId('slower').waitFor()
  await placeIs(page, 10)
  assert.match(await page.getByTestId('eta').innerText(), /1–3 分钟/)
})

test('permission to remind is asked for by the button only, and once', async (t) => {
  const prepare = () => {
    window.asked = Number(sessionStorage.asked ?? 0)
    window.told = []
    class Fake {
      static permission = localStorage.answered ?? 'default'
      static requestPermission = async () => {
        sessionStorage.asked = String((window.asked += 1))
        Fake.permission = localStorage.answered = 'granted'
        return 'granted'
      }
      constructor(title) {
        window.told.push(title)
      }
    }
    window.Notification = Fake
    ServiceWorkerRegistration.prototype.showNotification = async (title) => void window.told.push(title)
  }
  const { page, room, context, server } = await phone(t, 'remind', { room: { issued: 1010, ratePerS: 40 }, prepare })
  await askForPassword(page)
  await placeIs(page, 10)
  assert.equal(await page.evaluate(() => window.asked), 0)
  await page.getByTestId('remind').click()
  await page.getByTestId('will-remind').waitFor()
  await page.reload()
  await page.getByTestId('will-remind').waitFor()
  assert.equal(await page.getByTestId('remind').count(), 0)
  assert.equal(await page.evaluate(() => window.asked), 1)
  room.serving = 1011
  await page.waitForFunction(() => window.told.length === 1)
  assert.deepEqual(await page.evaluate(() => window.told), ['轮到您了'])
})

test('a refusal to be reminded is remembered, and nothing is offered where there are no notifications', async (t) => {
  const declined = await phone(t, 'declined', {
    prepare: () => {
      window.Notification = class {
        static permission = 'default'
        static requestPermission = async () => 'default'
      }
    },
  })
  await askForPassword(declined.page)
  await declined.page.getByTestId('remind').click()
  await declined.page.getByTestId('remind').waitFor({ state: 'detached' })
  await declined.page.reload()
  await declined.page.getByTestId('waiting').waitFor()
  assert.equal(await declined.page.getByTestId('remind').count(), 0)
  const absent = await phone(t, 'absent', { prepare: () => delete window.Notification })
  await askForPassword(absent.page)
  await absent.page.getByTestId('waiting').waitFor()
  assert.equal(await absent.page.getByTestId('remind').count(), 0)
})

test('who holds a code sees it meanwhile, and first when the page is opened again', async (t) => {
  const { page, room, context, server } = await phone(t, 'holder', { room: { open: true } })
  await register(page)
  room.open = false
  await page.evaluate(() => localStorage.removeItem('yimatong-pass'))
  await page.getByTestId('open-paper').click()
  await page.getByTestId('make-paper').click()
  await page.getByTestId('waiting').waitFor()
  await page.getByTestId('qr').waitFor()
  await page.goto(`${server.url}/#code`)
  await page.reload()
  await page.getByTestId('qr').waitFor()
  await page.getByTestId('place-notice').waitFor()
  assert.equal(await page.getByTestId('waiting').count(), 0)
  assert.deepEqual(await seriousViolations(page), [])
  await page.getByTestId('open-waiting').click()
  await page.getByTestId('place').waitFor()
  await page.getByTestId('leave-line').click()
  await page.getByTestId('leave-yes').click()
  await page.getByTestId('waiting').waitFor({ state: 'detached' })
  await page.getByTestId('qr').waitFor()
  assert.equal(await page.getByTestId('place-notice').count(), 0)
})

test('registering, logging in and adding a relative wait in line too, and go on with what was typed', async (t) => {
  const { page, room, state } = await phone(t, 'writes', { room: { open: true, ratePerS: 100 } })
  /** Presses something that has to wait, with ten people before; then calls it. */
  const waitFor = async (press) => {
    room.open = false
    await page.evaluate(() => localStorage.removeItem('yimatong-pass'))
    room.issued = room.serving + 10
    const asked = room.entered.length
    await press()
    await placeIs(page, 10)
    room.serving = room.issued
    await page.getByTestId('waiting').waitFor({ state: 'detached' })
    const [first, again] = room.entered.slice(asked)
    assert.deepEqual([again.at, again.key], [first.at, first.key])
    return again.at
  }
  await fillRegistration(page)
  assert.equal(await waitFor(() => page.getByTestId('submit-register').click()), '/v1/people')
  await page.getByTestId('qr').waitFor()
  await page.getByTestId('open-relatives').click()
  await page.getByTestId('add-relative').click()
  await page.locator('#document-number').fill('34052419800101001X')
  await page.locator('#name').fill('李四')
  assert.equal(await waitFor(() => page.getByTestId('submit-relative').click()), '/v1/relatives')
  assert.equal(state.added.sharesHome, true, 'who lives with the resident is said unless unchecked')
  await page.getByTestId('relative').filter({ hasText: '001X' }).waitFor()
  room.open = true
  await page.evaluate(() => (location.hash = 'login'))
  await page.locator('#phone').fill('13912345678')
  await page.getByTestId('send-otp').click()
  await page.locator('#one-time-password').fill(await page.getByTestId('demo-code').getAttribute('data-code'))
  assert.equal(await waitFor(() => page.getByTestId('submit-login').click()), '/v1/devices')
  await page.getByTestId('qr').waitFor()
})

test('the waiting page shows the city’s notice and has no serious accessibility violation in either language', async (t) => {
  const notice = { zh: '今天上午办理的人很多，请错峰办理。', en: 'Many people today; please come later.', level: 'warning', at: new Date().toISOString() }
  const { page, context, server } = await phone(t, 'axe', { room: { notice, issued: 1010, ratePerS: 40 } })
  await askForPassword(page)
  await page.getByTestId('waiting').getByTestId('place').waitFor()
  await page.getByTestId('city-notice').filter({ hasText: '错峰' }).waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await page.getByTestId('language').click()
  await page.getByTestId('large-type').click()
  await page.getByText('Ahead of you').waitFor()
  assert.deepEqual(await seriousViolations(page), [])
})
