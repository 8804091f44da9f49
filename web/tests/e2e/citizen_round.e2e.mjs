/// A round of testing on a resident's phone: the line under the code, when it is asked for, the schedule.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { screenshot } from '../harness/chromium.mjs'
import { keptForOffline } from '../harness/citizen_page.mjs'
import { builtPages } from '../harness/page_server.mjs'
import { nowS, residentPhone } from '../harness/resident_phone.mjs'
import { openRound } from '../harness/round_api.mjs'

selectors.setTestIdAttribute('data-test')
let dist
let folder
before(async () => {
  dist = await builtPages()
  folder = await mkdtemp(join(tmpdir(), 'yimatong-round-'))
})
after(() => rm(folder, { recursive: true, force: true }))

const phone = (t, name, prepare) => residentPhone(t, { dist, folder, name, prepare })

const relativeOf = (round, standing) => ({ ...round, standing, person: { personId: '2', name: '李*', relation: 'child' } })

test('while a round is on the code screen says where the person and their child stand, in both languages', async (t) => {
  const { page, state, complained } = await phone(t, 'line', (state) => {
    const round = openRound(nowS())
    state.rounds = [relativeOf(round, 'sampled'), round]
  })
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

test('whose pooled tube was positive sees the single re-sample first, under the code and on the schedule', async (t) => {
  const reason = (code, textZh) => ({ code, textZh, textEn: code, since: new Date().toISOString(), basisZh: '', basisEn: '', wayBackZh: '', wayBackEn: '' })
  const { page } = await phone(t, 'resample', (state) => {
    const round = openRound(nowS(), { standing: 'resample' })
    state.person = { ...state.person, colour: 'yellow', reasons: [reason('pooled-positive', '所在混采管检测异常，请立即进行单管复核')] }
    const grandparent = { ...relativeOf(round, 'tested'), person: { personId: '3', name: '王**', relation: 'grandparent' } }
    const ward = { ...relativeOf(round, 'isolated'), person: { personId: '4', name: '赵**', relation: 'ward' } }
    state.rounds = [round, { ...relativeOf(round, 'resample'), windows: [], points: [] }, grandparent, ward]
  })
  const lines = page.getByTestId('round-line')
  await lines.first().waitFor()
  assert.deepEqual(await lines.allInnerTexts(), [
    '本轮核酸：请您先做单管复核（混管阳性）',
    '本轮核酸：请李*（子女）先做单管复核（混管阳性）',
    '本轮核酸：请赵**（被监护人）留在原地，等候上门采样',
  ])
  await screenshot(page, 'round-resample')
  await page.getByTestId('round-card').click()
  const own = page.getByTestId('round-person').first()
  await own.getByTestId('resample-hint').waitFor()
  assert.match(await own.innerText(), /请先做单管复核[\s\S]*等候工作人员单管复核/)
  assert.doesNotMatch(await own.innerText(), /不用再测/)
  assert.match(await page.getByTestId('round-person').nth(1).innerText(), /请先做单管复核[\s\S]*等候工作人员单管复核/)
  assert.doesNotMatch(await page.getByTestId('round-person').nth(1).innerText(), /不在本轮|没有登记社区/)
  assert.match(await page.getByTestId('round-person').nth(2).innerText(), /不用再测/)
  const ward = await page.getByTestId('round-person').nth(3).innerText()
  assert.match(ward, /请留在原地[\s\S]*不要去采样点/)
  assert.doesNotMatch(ward, /采样时间|附近采样点/)
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'schedule-resample')
})

test('the focus goes to the heading of each screen, and the title names it', async (t) => {
  const { page } = await phone(t, 'arrival', (state) => {
    state.rounds = [openRound(nowS())]
  })
  const focused = () => page.evaluate(() => `${document.activeElement.tagName} ${document.activeElement.textContent}`)
  const arrived = (title) => page.waitForFunction((text) => document.title === text && document.activeElement !== document.body, title)
  await page.getByTestId('open-schedule').click()
  await arrived('核酸安排 · 一码通')
  assert.equal(await focused(), 'H2 核酸安排')
  await page.getByTestId('to-declare').click()
  await arrived('新报备 · 一码通')
  assert.equal(await focused(), 'H2 新报备')
  await page.getByTestId('language').click()
  await page.waitForFunction(() => /^[A-Z].* · /.test(document.title))
  await page.getByTestId('language').click()
  await page.waitForFunction(() => document.title === '新报备 · 一码通')
  await page.goBack()
  await page.goBack()
  await arrived('一码通')
  assert.match(await focused(), /^H1 .*一码通$/)
  await page.getByTestId('open-relatives').click()
  await page.getByTestId('add-relative').click()
  await page.waitForFunction(() => document.activeElement.tagName === 'H2')
  assert.equal(await page.title(), `${(await focused()).slice(3)} · 一码通`)
})

test('whose child lives elsewhere unchecks that they share the home', async (t) => {
  const { page, state } = await phone(t, 'elsewhere')
  await page.getByTestId('open-relatives').click()
  await page.getByTestId('add-relative').click()
  const box = page.getByRole('checkbox', { name: /与我同住[\s\S]*按您的居住地安排/ })
  assert.equal(await box.isChecked(), true)
  await page.locator('#relation').selectOption('parent')
  assert.equal(await box.isChecked(), false, 'of an elder nobody can know')
  await page.locator('#relation').selectOption('child')
  assert.equal(await box.isChecked(), true)
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'relative-form')
  await box.uncheck()
  await page.locator('#document-number').fill('34052419800101001X')
  await page.locator('#name').fill('李四')
  await page.getByTestId('submit-relative').click()
  await page.getByTestId('relative').waitFor()
  assert.equal(state.added.sharesHome, false)
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
  await page.getByTestId('round-line').first().waitFor()
  await page.clock.install()
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

test('a new test in the code has the schedule asked once more, and until then the line is quiet', async (t) => {
  let tested = null
  const { page, state } = await phone(t, 'news', (state, api) => {
    state.rounds = [openRound(nowS())]
    const code = api['GET /v1/code']
    api['GET /v1/code'] = (request) => {
      const answer = code(request)
      if (!tested) return answer
      return { ...answer, status: 200, body: { ...answer.body, test: { ...answer.body.test, sampled: tested } }, headers: { ...answer.headers, ETag: '"tested"' } }
    }
  })
  await page.getByTestId('round-line').filter({ hasText: '您未采样' }).waitFor()
  tested = new Date((nowS() - 600) * 1000).toISOString()
  state.rounds = [openRound(nowS(), { standing: 'sampled' })]
  await page.clock.install({ time: Date.now() + 5_000 })
  await page.getByTestId('refresh').click()
  await page.getByTestId('round-line').waitFor({ state: 'detached' })
  await page.clock.fastForward(5_000)
  await page.getByTestId('round-line').filter({ hasText: '您已采样' }).waitFor()
  assert.equal(state.scheduleAsked, 2)
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
  assert.match(point, /电子城小学操场[\s\S]*固定点[\s\S]*开放 .*\d\d:\d\d ?– ?.*\d\d:\d\d · 约 35 人排队（5 分钟前） · 约等 10 分钟[\s\S]*10 分钟内采样 60 人/)
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
