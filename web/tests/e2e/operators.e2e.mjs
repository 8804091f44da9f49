/// Operators: live figures, switches, limits and notices, and what residents see of them.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { complaints, launch, screenshot } from '../harness/chromium.mjs'
import { City } from '../harness/city.mjs'
import { register } from '../harness/citizen_page.mjs'
import { operatorApi } from '../harness/operator_api.mjs'
import { builtPages, servePages } from '../harness/page_server.mjs'
import { residentApi } from '../harness/resident_api.mjs'

selectors.setTestIdAttribute('data-test')
const nowS = () => Math.floor(Date.now() / 1000)
const ALARM = { name: 'overload', value: 176.3, limit: 0, unit: 'requests/s', runbook: 'docs/ops.md#alarm-overload', zh: '请求超过处理能力', en: 'More is asked than can be done' }
let dist
before(async () => {
  dist = await builtPages()
})

/** A city with an operator at the console and a resident with a phone, both at the same API. */
async function desk(t) {
  const { api: operators, state } = operatorApi()
  const { api: residents } = residentApi(new City(), nowS)
  const switched = () => Object.keys(state.switches).filter((name) => !state.switches[name])
  const api = {
    ...residents,
    ...operators,
    'GET /v1/server': (request) => ({ body: { ...residents['GET /v1/server'](request).body, notice: state.notice, switchedOff: switched() } }),
    'GET /v1/code': (request) => {
      const { body } = residents['GET /v1/code'](request)
      return { body: state.switches.vaccineBadge ? body : { ...body, vaccine: null } }
    },
    'GET /v1/results': (request) => {
      if (state.switches.history) return residents['GET /v1/results'](request)
      return { status: 503, body: { type: '/problems/switched-off', title: 'off', status: 503 }, headers: { 'Retry-After': '600' } }
    },
  }
  const server = await servePages(dist, api)
  t.after(() => server.close())
  const open = async (path, mobile) => {
    const context = await launch({ mobile })
    t.after(() => context.close())
    context.setDefaultTimeout(15_000)
    const page = context.pages()[0] ?? (await context.newPage())
    const complained = complaints(page)
    await page.goto(server.url + path)
    return { page, complained }
  }
  const { page, complained } = await open('/console', false)
  await page.getByTestId('demo-operator').click()
  await page.getByTestId('sign-in').click()
  await page.getByTestId('overload').waitFor()
  return { page, complained, state, phone: () => open('/', true) }
}

/** Presses a switch and confirms. */
async function press(page, name) {
  await page.getByTestId(`press-${name}`).click()
  await page.getByTestId('confirm-yes').click()
}

test('the page shows live figures by class, readable by keyboard and by screen readers', async (t) => {
  const { page, state, complained } = await desk(t)
  await page.getByTestId('b3-offered').filter({ hasText: '1,200' }).waitFor()
  assert.match(await page.getByTestId('room').innerText(), /1,200 人等候[\s\S]*每秒叫 46 人/)
  assert.match(await page.getByTestId('connections').innerText(), /8,123[\s\S]*上限 20,000/)
  assert.match(await page.getByTestId('capacity').innerText(), /123/)
  const reads = state.reads
  await page.locator('#tab-b3').click()
  const slider = page.getByTestId('chart').getByRole('slider')
  await slider.focus()
  const newest = await slider.getAttribute('aria-valuetext')
  for (let back = 0; back < 9; back += 1) await page.keyboard.press('PageUp')
  const earlier = await slider.getAttribute('aria-valuetext')
  // On a busy machine two readings lie further apart than a second.
  assert.ok(Number(newest.match(/到达 ([\d,]+)/)[1].replace(',', '')) > 100, newest)
  assert.match(earlier, /到达 30/)
  assert.ok((await page.getByTestId('chart').locator('table tr').count()) > 5)
  assert.deepEqual(await seriousViolations(page), [])
  await page.getByTestId('language').click()
  await page.getByText('Waiting room').first().waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  while (state.reads < reads + 2) await page.waitForResponse((response) => response.url().includes('/v1/overload'))
  assert.deepEqual(complained, [])
})

test('alarms are told in words, and lost contact with the time of the last figures', async (t) => {
  const { page, state } = await desk(t)
  state.alarms = [{ ...ALARM, since: new Date().toISOString() }]
  const alarm = page.getByTestId('alarm-overload').filter({ hasText: '请求超过处理能力' })
  await alarm.waitFor()
  assert.match(await alarm.innerText(), /当前 176 次\/秒，超过 0 次\/秒 即告警/)
  await screenshot(page, 'operators')
  await page.getByTestId('language').click()
  await page.getByTestId('alarm-overload').filter({ hasText: 'now 176 requests/s, raised above 0 requests/s' }).waitFor()
  await page.getByTestId('language').click()
  state.down = true
  await page.getByTestId('stale').waitFor()
  state.down = false
  await page.getByTestId('stale').waitFor({ state: 'detached' })
})

test('a switch off hides the vaccine badge on phones, and history says plainly that it is off', async (t) => {
  const { page, state, phone } = await desk(t)
  const resident = await phone()
  await register(resident.page)
  await resident.page.getByTestId('vaccine-tile').getByText('已接种 3 剂').waitFor()
  await press(page, 'vaccineBadge')
  await page.locator('[data-test=switch-vaccineBadge][data-on=false]').waitFor()
  await press(page, 'history')
  await page.locator('[data-test=switch-history][data-on=false]').waitFor()
  assert.deepEqual(state.posted.at(-1), { vaccineBadge: false, statistics: true, history: false })
  await page.getByTestId('changed-by').filter({ hasText: 'operator-1' }).waitFor()
  await resident.page.clock.setFixedTime(Date.now() + 4_000)
  await resident.page.getByTestId('refresh').click()
  await resident.page.getByTestId('vaccine-off').waitFor()
  assert.equal(await resident.page.locator('.shield').count(), 0)
  await resident.page.getByTestId('open-history').click()
  await resident.page.getByTestId('history-off').waitFor()
  assert.equal(await resident.page.locator('.notice.warn').count(), 0)
  assert.deepEqual(await seriousViolations(resident.page), [])
})

test('a limit that cannot be is refused at its field; a good one is kept; defaults come back', async (t) => {
  const { page, state } = await desk(t)
  await page.getByTestId('limits-form').locator('summary').click()
  const most = page.locator('[id="limit-admission.mostPermits"]')
  await most.fill('99999')
  await page.getByTestId('change-limits').click()
  await page.locator('[id="limit-admission.mostPermits-error"]').filter({ hasText: '请填 1 到 10,000 的整数' }).waitFor()
  assert.equal(await most.getAttribute('aria-invalid'), 'true')
  assert.deepEqual(await seriousViolations(page), [])
  await most.fill('many')
  await page.getByTestId('change-limits').click()
  await page.locator('[id="limit-admission.mostPermits-error"]').filter({ hasText: '请填数字' }).waitFor()
  await most.fill('300')
  await page.getByTestId('change-limits').click()
  await page.getByText('限流参数已保存').waitFor()
  assert.equal(state.settings.admission.mostPermits, 300)
  await page.getByTestId('limits-form').locator('summary').click()
  await page.getByTestId('reset-limits').click()
  await page.getByTestId('confirm-yes').click()
  await page.getByText('已恢复默认值').waitFor()
  assert.deepEqual(state.posted.at(-1), {})
})

test('limits that another operator changes meanwhile are kept, and the same one is not overwritten unseen', async (t) => {
  const { page, state } = await desk(t)
  await page.getByTestId('limits-form').locator('summary').click()
  const [claim, queue] = ['room.claimS', 'admission.queueMs'].map((path) => page.locator(`[id="limit-${path}"]`))
  await queue.fill('60')
  // Faster than the page asks for figures, so that the server has to say it.
  await page.evaluate(() => Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }))
  state.set({ ...state.settings, room: { ...state.settings.room, claimS: 600 } })
  await page.getByTestId('change-limits').click()
  await page.getByText('限流参数已保存').waitFor()
  assert.deepEqual([state.settings.room.claimS, state.settings.admission.queueMs], [600, 60])
  await page.evaluate(() => Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true }))
  await page.waitForFunction(() => document.getElementById('limit-room.claimS')?.value === '600')
  await page.getByTestId('limits-form').locator('summary').click()
  await claim.fill('400')
  state.set({ ...state.settings, room: { ...state.settings.room, claimS: 900 } })
  await page.getByTestId('change-limits').click()
  await page.locator('[id="limit-room.claimS-error"]').filter({ hasText: '刚被他人改为 900，您填的是 400' }).waitFor()
  assert.equal(state.settings.room.claimS, 900)
  assert.equal(await page.getByText('限流参数已保存').count(), 0)
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'limits-clash')
  // Everything of the form is in one language.
  await page.getByTestId('language').click()
  await page.locator('[id="limit-room.claimS-error"]').filter({ hasText: 'Somebody has just changed this to 900' }).waitFor()
  assert.doesNotMatch(await page.getByTestId('overload').innerText(), /\p{Script=Han}/u)
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'limits-en')
  await page.getByTestId('change-limits').click()
  await page.getByText('The limits are saved').waitFor()
  assert.equal(state.settings.room.claimS, 400)
})

test('a notice is posted in two languages, seen by residents, put away for the day, and withdrawn', async (t) => {
  const { page, state, phone } = await desk(t)
  await page.locator('#notice-zh').fill('今天上午办理的人很多，请错峰办理。')
  await page.locator('#notice-en').fill('Many people today; please come later.')
  await page.getByTestId('post-notice').click()
  await page.getByTestId('standing-notice').waitFor()
  const { page: shown } = await phone()
  await register(shown)
  await shown.getByTestId('city-notice').filter({ hasText: '错峰' }).waitFor()
  const [notice, card] = await Promise.all(['city-notice', 'code-card'].map((test) => shown.getByTestId(test).boundingBox()))
  assert.ok(notice.y < card.y, 'the notice is above the code')
  assert.deepEqual(await seriousViolations(shown), [])
  await shown.getByTestId('put-away').click()
  await shown.reload()
  await shown.getByTestId('freshness').waitFor()
  assert.equal(await shown.getByTestId('city-notice').count(), 0)
  await page.locator('#notice-zh').fill('系统抢修，结果可能延迟。')
  await page.locator('#notice-en').fill('Repairs under way; results may be late.')
  await page.locator('#notice-level').selectOption('warning')
  await page.getByTestId('post-notice').click()
  await page.getByTestId('standing-notice').filter({ hasText: '抢修' }).waitFor()
  // The button brings it at once.
  await shown.clock.setFixedTime(Date.now() + 4_000)
  await shown.getByTestId('refresh').click()
  await shown.getByTestId('city-notice').filter({ hasText: '抢修' }).waitFor()
  assert.equal(await shown.getByTestId('put-away').count(), 0)
  await page.getByTestId('withdraw-notice').click()
  await page.getByTestId('confirm-yes').click()
  await page.getByTestId('standing-notice').waitFor({ state: 'detached' })
  assert.equal(state.notice, null)
  await shown.clock.setFixedTime(Date.now() + 8_000)
  await shown.getByTestId('refresh').click()
  await shown.getByTestId('city-notice').waitFor({ state: 'detached' })
})

test('who is not registered sees the notice on the first screen and above both forms, and what they type stays', async (t) => {
  const { state, phone } = await desk(t)
  state.notice = { zh: '今天上午办理的人很多，请错峰办理。', en: 'Many people today; please come later.', level: 'info', at: new Date().toISOString() }
  const { page: shown, complained } = await phone()
  const notice = shown.getByTestId('city-notice').filter({ hasText: '错峰' })
  await notice.waitFor()
  const [above, below] = [await notice.boundingBox(), await shown.getByTestId('welcome').boundingBox()]
  assert.ok(above.y < below.y)
  await screenshot(shown, 'notice-welcome')
  assert.deepEqual(await seriousViolations(shown), [])
  for (const form of ['register', 'login']) {
    await shown.evaluate((screen) => (location.hash = screen), form)
    await shown.getByTestId(`${form}-form`).waitFor()
    await notice.waitFor()
    assert.deepEqual(await seriousViolations(shown), [])
  }
  await shown.locator('#phone').fill('13912345678')
  await screenshot(shown, 'notice-login')
  await shown.getByTestId('put-away').click()
  await notice.waitFor({ state: 'detached' })
  assert.equal(await shown.locator('#phone').inputValue(), '13912345678')
  // Another one is seen when the page is opened again, not ten minutes later.
  state.notice = { ...state.notice, zh: '系统抢修，结果可能延迟。', at: new Date(Date.now() + 1_000).toISOString() }
  await shown.clock.setFixedTime(Date.now() + 4_000)
  await shown.reload()
  await shown.getByTestId('city-notice').filter({ hasText: '抢修' }).waitFor()
  assert.deepEqual(complained, [])
})

test('the registry is reloaded after a question, and the city overview says when statistics are off', async (t) => {
  const { page, state } = await desk(t)
  await page.getByTestId('reload-registry').click()
  await page.getByTestId('confirm-yes').click()
  await page.getByText('已开始重新载入').waitFor()
  assert.equal(state.posted.at(-1), 'reload')
  await page.locator('#tab-statistics').click()
  await page.getByTestId('people').filter({ hasText: '20,000' }).waitFor()
  await page.getByText('16,500（82.5%）').waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  state.switches = { ...state.switches, statistics: false }
  await page.locator('#tab-overload').click()
  await page.locator('#tab-statistics').click()
  await page.getByTestId('statistics-off').waitFor()
  assert.deepEqual(await seriousViolations(page), [])
})
