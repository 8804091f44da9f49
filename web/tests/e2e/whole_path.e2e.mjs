/// The whole path with the real binary: register, show, read with zbarimg, verify on the command line and at a
/// gate without a network; a colour change; a power cut.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { complaints, launch } from '../harness/chromium.mjs'
import { fillRegistration, keptForOffline as keptOnPhone, register } from '../harness/citizen_page.mjs'
import { readQr } from '../harness/qr_reader.mjs'
import { gateFiles, pooledResult, staffOf, startCity, verifyOnCommandLine, within } from '../harness/real_city.mjs'
import { backToScanning, keptForOffline as keptAtGate, pasteText, verdictOf } from '../harness/verifier_page.mjs'
import { writeQrFilm } from '../harness/y4m.mjs'

selectors.setTestIdAttribute('data-test')
let folder
let city
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yimatong-city-'))
  city = await startCity(folder)
})
after(async () => {
  await city.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A registered resident's phone. */
async function phoneOf(person) {
  const context = await launch({ profile: join(folder, person.phone) })
  const page = context.pages()[0] ?? (await context.newPage())
  const complained = complaints(page)
  await page.goto(city.url)
  await register(page, person)
  return { context, page, complained }
}

/** A gate that is logged in, keeps everything, and has lost its network; its camera sees `text`. */
async function gateSeeing(text, seenMs) {
  const film = join(folder, `${seenMs}.y4m`)
  writeQrFilm(film, text)
  const context = await launch({ film })
  const page = context.pages()[0] ?? (await context.newPage())
  // The gate's clock stands still where the code was read, so that a slow machine does not age it.
  await page.clock.setFixedTime(seenMs)
  await page.goto(`${city.url}/verifier`)
  await page.getByTestId('demo-account').first().click()
  await page.getByTestId('venue').first().waitFor()
  await keptAtGate(page)
  await context.setOffline(true)
  await page.getByTestId('venue').first().click()
  return { context, page }
}

test('a registered code is allowed on the command line and at a gate without a network', async () => {
  const { context, page, complained } = await phoneOf({ phone: '13900000001', number: '610113198501010010', name: '张三三' })
  const files = await gateFiles(city)
  const text = await readQr(page.getByTestId('qr'))
  const seenMs = Date.now()
  const { exit, verdict } = verifyOnCommandLine(text, files)
  assert.equal(exit, 0, JSON.stringify(verdict))
  assert.equal(verdict.outcome, 'allow')
  assert.equal(verdict.name, '张*三')
  assert.ok(Number(await page.getByTestId('qr').getAttribute('data-version')) <= 15)

  const old = verifyOnCommandLine(text, files, seenMs + 90_000)
  assert.equal(old.exit, 1)
  assert.ok(old.verdict.reasons.includes('stale-presentation'), JSON.stringify(old.verdict))

  const gate = await gateSeeing(text, seenMs)
  const seen = await verdictOf(gate.page)
  assert.equal(seen.outcome, 'allow', JSON.stringify(seen))
  assert.match(seen.text, /张\*三/)
  await backToScanning(gate.page)
  await gate.page.clock.setFixedTime(seenMs + 90_000)
  await pasteText(gate.page, text)
  const screenshot = await verdictOf(gate.page)
  assert.equal(screenshot.outcome, 'refuse')
  assert.ok(screenshot.reasons.includes('stale-presentation'), screenshot.reasons.join())
  await gate.context.close()
  assert.deepEqual(complained, [])
  await context.close()
})

test('a positive pool turns its people yellow at the gate and on the phone within 60 s', async () => {
  const number = '610102197703030016'
  const { context, page } = await phoneOf({ phone: '13900000002', number, name: '李四' })
  const lab = await staffOf(city, 'lab')
  const { items } = await lab('/v1/test-results', { results: [pooledResult(number, 'positive')] })
  assert.equal(items[0].status, 'recorded', JSON.stringify(items))
  const { found, tookMs } = await within(60_000, async () => {
    const { verdict } = verifyOnCommandLine(await readQr(page.getByTestId('qr')), await gateFiles(city))
    return verdict.colour === 'yellow' && verdict
  })
  assert.equal(found.outcome, 'refuse', `after ${tookMs} ms`)
  assert.ok(found.reasons.includes('colour-yellow'))
  await page.clock.setFixedTime(Date.now() + 4_000)
  await page.getByTestId('refresh').click()
  await page.locator('[data-test=code-card][data-colour=yellow]').waitFor()
  assert.match(await page.getByTestId('reason-pooled-positive').innerText(), /依据：[\s\S]*怎样恢复绿码：/)
  await context.close()
})

test('staff look the resident up, and the auditor sees it', async () => {
  const { context, page } = await phoneOf({ phone: '13900000003', number: '610104196604040014', name: '王五' })
  await page.goto(`${city.url}/console`)
  const signIn = async (role) => {
    await page.getByTestId(`demo-${role}`).click()
    await page.waitForFunction(() => document.querySelector('#staff-totp')?.value.length === 6)
    await page.getByTestId('sign-in').click()
    await page.getByTestId('who').waitFor()
  }
  await page.getByTestId('demo-accounts').waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await signIn('community-worker')
  await page.locator('#document-number').fill('610104196604040014')
  await page.locator('#purpose').fill('门岗查验')
  await page.getByTestId('check').click()
  await page.getByTestId('check-answer').getByText('王*').waitFor()
  await page.getByTestId('open-file').click()
  await page.getByTestId('person-file').getByText('13900000003').waitFor()
  await page.getByTestId('issue-paper').click()
  await page.getByTestId('paper-sheet').waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  const paper = await readQr(page.getByTestId('paper-sheet').getByTestId('qr'))
  const { verdict } = verifyOnCommandLine(paper, await gateFiles(city))
  assert.deepEqual([verdict.kind, verdict.outcome, verdict.reasons], ['paper', 'allow', ['check-document']])
  await page.getByTestId('sign-out').click()
  await signIn('auditor')
  await page.getByTestId('audit').getByText('门岗查验').first().waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await context.close()
})

test('a community that was typed but not chosen is not dropped without a word', async () => {
  const context = await launch({})
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(city.url)
  await fillRegistration(page, { phone: '13900000005', number: '610112199001010012', name: '孙七' })
  await page.locator('#community').fill('没有这个社区')
  await page.getByTestId('submit-register').click()
  await page.getByText('请从列表中选择').waitFor()
  await page.locator('#community').fill('街道')
  await page.getByTestId('community-option').first().click()
  await page.getByTestId('submit-register').click()
  await page.getByTestId('qr').waitFor()
  await context.close()
})

// Last, because it ends the city.
test('with the server killed a reloaded page draws a code that is still allowed', async () => {
  const { context, page } = await phoneOf({ phone: '13900000004', number: '610111195505050013', name: '赵六' })
  const files = await gateFiles(city)
  await keptOnPhone(page)
  await city.kill()
  await page.reload()
  const { exit, verdict } = verifyOnCommandLine(await readQr(page.getByTestId('qr')), files)
  assert.equal(exit, 0, JSON.stringify(verdict))
  await page.waitForSelector('[data-contact=delayed], [data-contact=offline]')
  await context.close()
})
