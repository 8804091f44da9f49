/// Community work and trial rules at the console: doors to knock on, declarations with their evidence, rules before they are used.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { campaignApi } from '../harness/campaign_api.mjs'
import { screenshot } from '../harness/chromium.mjs'
import { consoleDesk } from '../harness/console_page.mjs'
import { builtPages } from '../harness/page_server.mjs'

selectors.setTestIdAttribute('data-test')
let dist
before(async () => {
  dist = await builtPages()
})

/** A community worker during a round. */
async function worker(t) {
  const { api, state } = campaignApi()
  state.draft()
  state.change({ state: 'running', approved: state.sign('approver'), started: state.sign() })
  const at = await consoleDesk(t, dist, api, 'community-worker')
  await at.page.locator('#tab-door-to-door').click()
  await at.page.getByTestId('door-to-door').waitFor()
  return { ...at, state }
}

async function chooseCommunity(page) {
  await page.locator('#community-query').fill('经八路')
  await page.getByTestId('find-community').click()
  await page.getByTestId('community-option').first().click()
  await page.getByTestId('chosen-community').waitFor()
}

test('a worker sees whose doors to knock on, prints the list whole, and opens a file with a purpose', async (t) => {
  const { page, complained, state } = await worker(t)
  await chooseCommunity(page)
  await page.getByTestId('missed-count').filter({ hasText: '2 户、3 人' }).waitFor()
  await page.getByTestId('load-all').click()
  await page.getByTestId('missed-count').filter({ hasText: '3 户、4 人' }).waitFor()
  assert.equal(await page.getByTestId('load-all').count(), 0)
  assert.match(await page.getByTestId('door').first().innerText(), /户 900002[\s\S]*王\*11[\s\S]*1211[\s\S]*未采样/)
  await screenshot(page, 'doors')
  assert.deepEqual(await seriousViolations(page), [])
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.locator('.doors .tick').first().isVisible(), true)
  assert.equal(await page.getByTestId('file-11').isVisible(), false)
  await screenshot(page, 'doors-printed')
  await page.emulateMedia({ media: 'screen' })
  await page.getByTestId('file-11').click()
  assert.equal(await page.getByTestId('open-file').count(), 0)
  await page.locator('#person-purpose').fill('上门核实')
  await page.getByTestId('open-file').click()
  await page.getByTestId('person-file').filter({ hasText: '王小十一' }).waitFor()
  assert.deepEqual(state.posted.at(-1), ['file', '上门核实'])
  assert.deepEqual(await seriousViolations(page), [])
  await page.getByTestId('language').click()
  await page.getByText('Household 900002').waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'doors-en')
  assert.deepEqual(complained, [])
})

test('evidence is looked at with a purpose before a declaration is accepted; a refusal says why', async (t) => {
  const { page, complained, state } = await worker(t)
  await page.locator('#tab-declarations').click()
  await page.getByTestId('review-d1').click()
  await page.getByTestId('review').waitFor()
  assert.equal(await page.getByTestId('accept').isDisabled(), true)
  await page.locator('#evidence-purpose').fill('审核申报')
  await page.getByTestId('open-evidence').click()
  const image = page.getByTestId('evidence-image')
  await image.waitFor()
  await page.waitForFunction((element) => element.naturalWidth > 0, await image.elementHandle())
  assert.match(await image.getAttribute('src'), /^blob:/)
  assert.deepEqual(state.posted.at(-1), ['evidence', '审核申报'])
  await screenshot(page, 'review')
  assert.deepEqual(await seriousViolations(page), [])
  await page.getByTestId('accept').click()
  await page.getByText('已审核：王*11').waitFor()
  assert.deepEqual(state.posted.at(-1), ['review', 'd1', { accept: true }])
  await page.getByTestId('review-d1').waitFor({ state: 'detached' })
  await page.getByTestId('review-d2').click()
  await page.locator('#evidence-purpose').fill('审核申报')
  await page.getByTestId('open-evidence').click()
  await page.getByTestId('certificate').filter({ hasText: 'WANG XIAO' }).filter({ hasText: '1990-01-01' }).filter({ hasText: '3 剂，最近 2022-01-04' }).waitFor()
  await screenshot(page, 'review-certificate')
  assert.deepEqual(await seriousViolations(page), [])
  await page.getByText('证书原文').click()
  await page.getByTestId('evidence-text').filter({ hasText: 'HC1:' }).waitFor()
  assert.equal(await page.getByTestId('refuse').isDisabled(), true)
  await page.locator('#review-remark').fill('接种时间不符')
  await page.getByTestId('refuse').click()
  await page.getByTestId('review-d2').waitFor({ state: 'detached' })
  assert.deepEqual(state.posted.at(-1), ['review', 'd2', { accept: false, remark: '接种时间不符' }])
  await page.getByTestId('review-d3').click()
  await page.getByTestId('own-declaration').waitFor()
  assert.equal(await page.getByTestId('accept').count(), 0)
  await page.locator('#only-waiting').uncheck()
  await page.getByText('未接受').first().waitFor()
  await page.getByTestId('language').click()
  await page.getByText('Only those that wait').waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'declarations-en')
  assert.deepEqual(complained, [])
})

test('a PDF is only offered as a download, and a file that is not what it says is not opened', async (t) => {
  const { page, complained, state } = await worker(t)
  state.evidence = { kind: 'upload', mediaType: 'application/pdf', data: Buffer.from('%PDF-1.7 test').toString('base64') }
  await page.locator('#tab-declarations').click()
  const look = async () => {
    await page.getByTestId('review-d1').click()
    await page.locator('#evidence-purpose').fill('审核申报')
    await page.getByTestId('open-evidence').click()
  }
  await look()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('evidence-pdf').click()])
  assert.equal(download.suggestedFilename(), 'evidence.pdf')
  assert.deepEqual(await seriousViolations(page), [])
  await page.getByTestId('review').getByRole('button', { name: '关闭' }).click()
  state.evidence = { kind: 'upload', mediaType: 'image/png', data: Buffer.from('<script>alert(1)</script>').toString('base64') }
  await look()
  await page.getByTestId('evidence-bad').waitFor()
  assert.deepEqual(complained, [])
})

test('a declaration is recorded for somebody from the list, or found by document', async (t) => {
  const { page, state } = await worker(t)
  await chooseCommunity(page)
  await page.getByTestId('declare-11').click()
  await page.getByTestId('record-person').filter({ hasText: '王*11' }).waitFor()
  await page.locator('#declaration-kind').selectOption('outside-city')
  assert.equal(await page.getByTestId('submit-declaration').isDisabled(), true)
  await page.locator('#declaration-sampled').fill('2022-01-04T11:00')
  await screenshot(page, 'declare')
  assert.deepEqual(await seriousViolations(page), [])
  await page.getByTestId('submit-declaration').click()
  await page.getByText('已为 王*11 记录申报').waitFor()
  assert.deepEqual(state.posted.at(-1), ['declare', { campaign: 1, kind: 'outside-city', sampled: '2022-01-04T03:00:00.000Z' }])
  await page.locator('#document-number').fill('410105199001011211')
  await page.getByTestId('find-person').click()
  await page.getByTestId('record-person').waitFor()
  await page.getByTestId('submit-declaration').click()
  await page.getByText('已为 王*11 记录申报').waitFor()
  assert.deepEqual(state.posted.at(-1), ['declare', { campaign: 1, kind: 'vaccinated' }])
  assert.deepEqual(await seriousViolations(page), [])
})

test('community workers change the times of a community only', async (t) => {
  const { page } = await worker(t)
  await page.locator('#tab-campaigns').click()
  await page.getByTestId('open-campaign-1').click()
  await page.getByTestId('do-refine').click()
  assert.deepEqual(await page.locator('#refine-kind option').allInnerTexts(), ['一个社区（村）'])
  assert.equal(await page.getByTestId('do-ask-to-close').count(), 0)
})

test('rules are tried before anybody uses them, with mistakes by line', async (t) => {
  const { api } = campaignApi()
  const { page, complained } = await consoleDesk(t, dist, api, 'approver')
  await page.locator('#tab-rules').click()
  await page.locator('#rules-text').fill('city = 410100\nversion = "x"\n')
  await page.getByTestId('try-rules').click()
  await page.getByTestId('rules-invalid').filter({ hasText: '有 2 处' }).waitFor()
  await page.getByRole('button', { name: '到第 2 行' }).click()
  assert.equal(await page.locator('#rules-text').evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)), 'version = "x"')
  await screenshot(page, 'rules-problems')
  assert.deepEqual(await seriousViolations(page), [])
  await page.locator('#rules-sample').selectOption('xian')
  await page.getByTestId('try-rules').click()
  await page.getByTestId('recoloured').filter({ hasText: '4,310 人会变色，占 <0.1%' }).waitFor()
  await page.getByText('一般接触者').waitFor()
  await screenshot(page, 'rules')
  assert.deepEqual(await seriousViolations(page), [])
  await page.getByTestId('language').click()
  await page.getByTestId('released').filter({ hasText: '2,900 people would be green at once' }).waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await page.locator('#rules-file').setInputFiles({ name: 'rules.toml', mimeType: 'text/plain', buffer: Buffer.from('# nothing\n') })
  await page.getByText('The text has changed').waitFor()
  assert.equal(await page.locator('#rules-text').inputValue(), '# nothing\n')
  assert.deepEqual(complained, [])
})
