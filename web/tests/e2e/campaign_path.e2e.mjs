/// A whole round with the real binary in a synthetic Zhengzhou: from the shipped notice to the colours, and back.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { complaints, launch, screenshot } from '../harness/chromium.mjs'
import { startCity, within } from '../harness/real_city.mjs'

selectors.setTestIdAttribute('data-test')
const BUSY_MS = 120_000
let folder
let city
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yimatong-city-'))
  const config = join(folder, 'zhengzhou.toml')
  await writeFile(config, '[city]\ncode = 410100\nrules = "zhengzhou-2022-01"\n')
  city = await startCity(folder, 0, ['--config', config])
})
after(async () => {
  await city?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A desk where several people sign in, one after the other. */
async function desk() {
  const context = await launch({ mobile: false })
  context.setDefaultTimeout(30_000)
  const page = context.pages()[0] ?? (await context.newPage())
  const complained = complaints(page)
  page.on('request', (request) => (page.authorization = request.headers().authorization ?? page.authorization))
  await page.goto(`${city.url}/console`)
  const sign = async (role) => {
    if (await page.getByTestId('sign-out').count()) await page.getByTestId('sign-out').click()
    await page.getByTestId(`demo-${role}`).click()
    await page.getByTestId('sign-in').click()
    await page.getByTestId('who').waitFor()
    await page.locator('#tab-campaigns').click()
  }
  /** Saves what is in the editor; answers the number of the campaign. */
  const save = async () => {
    const [response] = await Promise.all([page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.url().endsWith('/v1/campaigns')), page.getByTestId('save-campaign').click()])
    await state(page, 'draft')
    return (await response.json()).number
  }
  const open = async (role, number) => {
    await sign(role)
    // Who signs in again finds open what they had open.
    const back = page.getByTestId('back-to-list')
    await page.getByTestId('campaigns').or(back).waitFor()
    if (await back.count()) await back.click()
    await page.getByTestId(`open-campaign-${number}`).click()
    await page.getByTestId('campaign').waitFor()
  }
  const step = async (name, remark) => {
    await page.getByTestId(`do-${name}`).click()
    await page.getByTestId('step-ask').waitFor()
    if (remark) await page.locator('#step-remark').fill(remark)
    const said = await page.getByTestId('step-dialog').innerText()
    await page.getByTestId('step-yes').click()
    await page.getByTestId('step-dialog').waitFor({ state: 'detached' })
    return said
  }
  return { context, page, complained, sign, save, open, step }
}

/** Ends the windows of every area, and of what was refined, in a moment, and waits for it: closing is asked for only afterwards. */
async function endWindows(page, number) {
  const end = await page.evaluate(async ([number, authorization]) => {
    const call = async (path, body) => {
      const headers = { authorization, 'content-type': 'application/json' }
      const answer = await fetch(path, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers })
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
      return answer.json()
    }
    const place = ({ kind, code, zone, district }) =>
      kind === 'street' || kind === 'community' ? { [kind]: code } : { area: zone ? { zone } : { district: code ?? district } }
    let file = await call(`/v1/campaigns/${number}`)
    const end = Date.now() + 20_000
    const windows = [{ from: new Date(end - 3_600_000).toISOString(), to: new Date(end).toISOString() }]
    for (const scope of [...file.areas.map((each) => each.area), ...file.refinements.map((each) => each.scope)])
      file = await call(`/v1/campaigns/${number}/refine`, { version: file.version, scope: place(scope), windows })
    return end
  }, [number, page.authorization])
  await within(BUSY_MS, async () => Date.now() > end)
}

/** The city's day after today: late in the evening today's windows are over, and what is over can't be extended. */
const tomorrow = new Date(Date.now() + 8 * 3_600_000 + 86_400_000).toISOString().slice(0, 10)

/** The first number that a text says about people. */
const number = (text, pattern) => Number(pattern.exec(text)?.[1]?.replaceAll(',', ''))
const state = (page, name) => page.locator(`[data-test=campaign-state][data-state=${name}]`).waitFor({ timeout: BUSY_MS })

test('a round is written, approved by a second person, run, watched, closed with colours, and reversed', async () => {
  const { context, page, complained, sign, save, open, step } = await desk()
  await sign('headquarters')
  await page.getByTestId('new-from-shipped').click()
  await page.getByTestId('document-valid').waitFor()
  await page.locator('[id="campaign-move"]').fill(tomorrow)
  await page.getByTestId('move-dates').click()
  await page.locator('[id="campaign-id"]').fill('first-round')
  await page.getByTestId('document-valid').filter({ hasText: tomorrow }).waitFor()
  const own = await save()
  assert.equal(await page.getByTestId('do-approve').isDisabled(), true)
  await page.locator('#tab-coverage').click()
  const people = number(await page.getByTestId('tile-people').innerText(), /([\d,]+)/)
  assert.ok(people > 1_000, `${people} people are in the round`)
  await page.locator('[data-test=city-map] [data-drawn=true]').waitFor()
  await page.locator('[data-test^=open-area-]').first().click()
  await page.locator('[data-test^=open-community-]').first().click()
  await page.getByTestId('households-left').waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await open('approver', own)
  assert.match(await step('approve'), /共 16 个区域/)
  await state(page, 'approved')
  await open('headquarters', own)
  await step('start')
  await state(page, 'running')
  await page.getByTestId('do-refine').click()
  await page.locator('#refine-kind').selectOption('community')
  await page.locator('#refine-area').selectOption({ label: '金水区' })
  await page.locator('#refine-place option').nth(1).waitFor({ state: 'attached' })
  await page.locator('#refine-place').selectOption({ index: 1 })
  await page.getByTestId('extend-2').click()
  await page.getByTestId('review-refine').click()
  await page.getByTestId('step-yes').click()
  await page.getByText('22:00').first().waitFor()
  await endWindows(page, own)
  await open('headquarters', own)
  const asked = await step('ask-to-close', '采样已结束')
  const given = number(asked, /将给 ([\d,]+) 人赋黄码/)
  assert.ok(given > 0 && given <= people, asked)
  await state(page, 'closing')
  assert.equal(await page.getByTestId('do-approve-closing').isDisabled(), true)
  await open('approver', own)
  await step('approve-closing')
  await state(page, 'closed')
  await open('headquarters', own)
  await screenshot(page, 'campaign-path-closed')
  const reversed = await step('reverse', '演练结束')
  assert.equal(number(reversed, /将从 ([\d,]+) 人撤回/), given)
  await state(page, 'reversed')
  await within(BUSY_MS, async () => (await page.getByTestId('under-way').innerText()).includes(`已撤回 ${given.toLocaleString('en-US')} 人`))
  assert.deepEqual(complained, [])
  await context.close()
})

test('doors to knock on are those of a community, and what is declared there is reviewed by another person', async () => {
  const { context, page, complained, sign, save, open, step } = await desk()
  await sign('headquarters')
  await page.getByTestId('new-from-shipped').click()
  await page.getByTestId('document-valid').waitFor()
  await page.locator('[id="campaign-move"]').fill(tomorrow)
  await page.getByTestId('move-dates').click()
  await page.locator('[id="campaign-id"]').fill('second-round')
  await page.getByTestId('document-valid').filter({ hasText: tomorrow }).waitFor()
  const own = await save()
  await open('approver', own)
  await step('approve')
  await state(page, 'approved')
  await sign('community-worker')
  await page.locator('#tab-door-to-door').click()
  await page.locator('#round').selectOption(String(own))
  await page.locator('#community-query').fill('社区')
  await page.getByTestId('find-community').click()
  await page.getByTestId('community-option').first().click()
  await page.getByTestId('door').first().waitFor()
  await screenshot(page, 'campaign-path-doors')
  assert.deepEqual(await seriousViolations(page), [])
  await page.locator('[data-test^=declare-]').first().click()
  await page.locator('#declaration-kind').selectOption('at-work')
  await page.getByTestId('submit-declaration').click()
  await page.getByTestId('record').getByText('待另一人审核').waitFor()
  await page.locator('#tab-declarations').click()
  await page.locator('[data-test^=review-]').first().click()
  await page.getByTestId('own-declaration').waitFor()
  await sign('headquarters')
  await page.locator('#tab-door-to-door').click()
  await page.locator('#round').selectOption(String(own))
  assert.equal(await page.locator('#tab-record').count(), 0)
  await page.locator('#tab-declarations').click()
  await page.locator('[data-test^=review-]').first().click()
  await page.getByTestId('accept').click()
  await page.getByText('已审核').waitFor()
  await page.getByText('没有申报').waitFor()
  assert.deepEqual(complained, [])
  await context.close()
})

test('rules are tried without changing anybody; those in force change nothing', async () => {
  const { context, page, complained, sign } = await desk()
  await sign('approver')
  await page.locator('#tab-rules').click()
  await page.locator('#rules-sample').selectOption('zhengzhou')
  await page.getByTestId('try-rules').click()
  await page.getByTestId('recoloured').filter({ hasText: '没有人会变色' }).waitFor()
  assert.deepEqual(complained, [])
  await context.close()
})
