/// From the table in the street to the coordinator's lists with the real binary: a point is added, tubes are packed, received,
/// reported by file and by scanner, amended; people who need a single sample are on the list, and leave it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { complaints, launch } from '../harness/chromium.mjs'
import { residentId } from '../harness/documents.mjs'
import { staffOf, startCity } from '../harness/real_city.mjs'

selectors.setTestIdAttribute('data-test')
const LAB = '西安市第三医院'
const HOUR_MS = 3_600_000
let folder
let city
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yimatong-lab-'))
  city = await startCity(folder)
})
after(async () => {
  await city.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A member of staff at the console, at one of the tools. */
async function desk(t, role, tool) {
  const context = await launch({ mobile: false })
  t.after(() => context.close())
  context.setDefaultTimeout(30_000)
  const page = context.pages()[0] ?? (await context.newPage())
  const complained = complaints(page)
  await page.goto(`${city.url}/console`)
  await page.getByTestId(`demo-${role}`).click()
  await page.getByTestId('sign-in').click()
  await page.locator(`#tab-${tool}`).click()
  return { page, complained }
}

/** Adds a sampling point as a community worker does, and answers its number. */
async function addPoint(t) {
  const { page, complained } = await desk(t, 'community-worker', 'samplingPoints')
  await page.getByTestId('new-point').click()
  await page.locator('#point-name').fill('北广场采样点')
  await page.locator('#point-area').fill('雁塔区')
  await page.getByTestId('point-area-option').first().click()
  await page.locator('#point-address').fill('大雁塔北广场')
  await page.getByTestId('add-point').click()
  await page.getByText('已新增：北广场采样点').waitFor()
  await page.locator('#point-query').fill('北广场采样点')
  await page.getByTestId('search-points').click()
  await page.getByTestId('points-count').filter({ hasText: '已载入 1 个' }).waitFor()
  const load = await page.locator('[data-test^=load-]').getAttribute('data-test')
  assert.deepEqual(await seriousViolations(page), [])
  assert.deepEqual(complained, [])
  return Number(load.replace('load-', ''))
}

let people = 500

/** Samples of `n` new people in a tube, taken three hours ago. */
function samplesIn(tube, n, size = 10) {
  return Array.from({ length: n }, () => {
    people += 1
    const person = { document: { kind: 'resident-id', number: residentId(people) }, name: '王小二' }
    return { id: randomUUID(), tube, size, household: false, person, sampled: new Date(Date.now() - 3 * HOUR_MS).toISOString(), source: 'id-card' }
  })
}

/** Has a sampler tell samples and pack their tubes into a box that a courier takes. */
async function sendBox(pointId, box, samples) {
  const sampler = await staffOf(city, 'sampler')
  const { items } = await sampler('/v1/samples', { device: randomUUID(), pointId, samples })
  assert.deepEqual(items.filter(({ status }) => status !== 'recorded'), [])
  await sampler(`/v1/boxes`, { box, pointId, tubes: [...new Set(samples.map(({ tube }) => tube))] })
  await sampler(`/v1/boxes/${box}/hand-over`, { courier: '王师傅' })
}

async function scan(page, field, code) {
  await page.locator(field).fill(code)
  await page.keyboard.press('Enter')
}

/** City time as a lab writes it, `minutes` ago. */
function written(minutes) {
  return new Date(Date.now() - minutes * 60_000 + 8 * HOUR_MS).toISOString().slice(0, 16).replace('T', ' ')
}

async function receiveBox(page) {
  await page.locator('#tab-receiveBoxes').click()
  await scan(page, '#box-code', 'BOX-E2E-1')
  await page.getByTestId('missing-count').filter({ hasText: '还没收到的 3 支' }).waitFor()
  await page.getByText('来自 北广场采样点，转运员 王师傅').waitFor()
  await scan(page, '#tube-code', 'E2E-0001')
  await scan(page, '#tube-code', 'E2E-0002')
  await scan(page, '#tube-code', 'E2E-9999')
  await page.getByTestId('missing').filter({ hasText: /^E2E-0003$/ }).waitFor()
  await page.getByTestId('unsent').filter({ hasText: /^E2E-9999$/ }).waitFor()
  await scan(page, '#tube-code', 'E2E-0003')
  await page.getByTestId('missing-count').filter({ hasText: '全部收到' }).waitFor()
}

async function importFile(page) {
  await page.locator('#tab-importFile').click()
  await page.locator('#import-institution').fill(LAB)
  const rows = ['E2E-0001,阴性', 'E2E-0002,阳性', 'E2E-7777,阴性', 'E2E-0003,好'].map((row) => `${row},核酸,${written(60)},${written(5)}`)
  const buffer = Buffer.from(['试管码,结果,方法,接收时间,报告时间', ...rows].join('\r\n'))
  await page.locator('#import-file').setInputFiles({ name: 'results.csv', mimeType: 'text/csv', buffer })
  await page.getByTestId('dry-run').click()
  await page.getByTestId('dry-run-answer').waitFor()
  const counts = () => Promise.all(['recorded', 'duplicates', 'rejected', 'people'].map((key) => page.getByTestId(`count-${key}`).innerText()))
  assert.deepEqual(await counts(), ['2', '0', '2', '5'])
  const refused = await page.getByTestId('dry-run-answer').innerText()
  assert.match(refused, /4\s+E2E-7777\s+\S*\p{Script=Han}/u)
  assert.match(refused, /5\s+E2E-0003\s+\S*\p{Script=Han}/u)
  await page.getByTestId('post-import').click()
  await page.locator('#numbers-checked').check()
  await page.getByTestId('post-import-yes').click()
  await page.getByTestId('import-answer').waitFor()
  assert.deepEqual(await counts(), ['2', '0', '2', '5'])
  // The same file again: nothing is recorded twice.
  await page.getByTestId('another-file').click()
  await page.locator('#import-file').setInputFiles({ name: 'results.csv', mimeType: 'text/csv', buffer })
  await page.getByTestId('dry-run').click()
  await page.getByTestId('dry-run-answer').waitFor()
  assert.deepEqual(await counts(), ['0', '2', '2', '0'])
}

async function typeResult(page) {
  await page.locator('#tab-typeResults').click()
  await page.locator('#batch-institution').fill(LAB)
  await scan(page, '#result-tube', 'E2E-0003')
  await scan(page, '#result-tube', 'E2E-0001')
  await page.getByTestId('outcome-E2E-0001').selectOption('invalid')
  await page.getByTestId('post-tubes').click()
  await page.getByTestId('settled').filter({ hasText: '已录入 1 管，重复 0 管，被拒绝 1 管' }).waitFor()
  // Another result is never written over the one that is there.
  await page.getByText('请到“查询与更正”里更正').waitFor()
}

async function amend(page, tube, outcome, version, effect) {
  await page.locator('#tab-correctResult').click()
  await page.locator('#tube-purpose').fill('复核原始记录')
  await page.locator('#tube-barcode').fill(tube)
  await page.getByTestId('find-tube').click()
  await page.getByTestId('amend').click()
  await page.locator('#amend-outcome').selectOption(outcome)
  await page.getByTestId('effects').filter({ hasText: effect }).waitFor()
  await page.locator('#amend-remark').fill('两管放反，已核对')
  await page.getByTestId('post-amendment').click()
  await page.getByTestId('amended').filter({ hasText: `第 ${version} 版` }).waitFor()
}

test('a tube goes from the street to the lab, and what the lab finds goes to the people and the lists', async (t) => {
  const pointId = await addPoint(t)
  await sendBox(pointId, 'BOX-E2E-1', [...samplesIn('E2E-0001', 3), ...samplesIn('E2E-0002', 2), ...samplesIn('E2E-0003', 1, 1)])
  const { page, complained } = await desk(t, 'lab', 'labDesk')
  await receiveBox(page)
  await importFile(page)
  await typeResult(page)

  const coordinator = await desk(t, 'headquarters', 'logistics')
  const lists = coordinator.page
  await lists.locator('#tab-resampleList').click()
  await lists.getByTestId('task-count').filter({ hasText: '2 人需要单采复核' }).waitFor()
  await amend(page, 'E2E-0002', 'negative', 2, '撤销原来的阳性：2 人')
  await lists.getByTestId('resample').getByRole('button', { name: '刷新' }).click()
  await lists.getByText('没有需要单采复核的人').waitFor()
  await amend(page, 'E2E-0003', 'positive', 2, '此人立即转红码')
  await lists.locator('#tab-caseFiles').click()
  await lists.getByTestId('case-files').getByText('E2E-0003').waitFor()
  // A person named in a list opens only with a purpose.
  await lists.locator('[data-test^=file-]').first().click()
  await lists.locator('#file-purpose').fill('核对病例')
  await lists.getByTestId('open-file').click()
  await lists.getByTestId('person-file').filter({ hasText: '红码' }).waitFor()
  await lists.keyboard.press('Escape')

  await lists.locator('#tab-logistics').click()
  await lists.locator('#tab-problems').click()
  await lists.getByText('有结果但不知管内是谁').first().waitFor()
  await lists.locator('[data-test^=resolve-]').first().click()
  await lists.locator('#remark').fill('采样设备尚未上传，已催')
  await lists.getByTestId('remark-yes').click()
  await lists.locator('#which-problems').selectOption('all')
  await lists.getByText('采样设备尚未上传，已催').waitFor()
  assert.deepEqual(await seriousViolations(lists), [])
  assert.deepEqual([...complained, ...coordinator.complained], [])
})
