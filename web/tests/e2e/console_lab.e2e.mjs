/// The lab's tools in the console: import with a dry run, scanned results, amendments, receipt. In both languages.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { bothLanguages, seriousViolations } from '../harness/accessibility.mjs'
import { screenshot } from '../harness/chromium.mjs'
import { consoleDesk } from '../harness/console_page.mjs'
import { labApi } from '../harness/lab_api.mjs'
import { builtPages } from '../harness/page_server.mjs'

selectors.setTestIdAttribute('data-test')
let dist
before(async () => {
  dist = await builtPages()
})

/** A member of staff of the lab at the console. */
async function lab(t) {
  const { api, state } = labApi()
  const { page, complained } = await consoleDesk(t, dist, api, 'lab')
  await page.getByTestId('import-desk').waitFor()
  return { page, complained, state }
}

const HEAD = '试管码,结果,接收时间,报告时间'
const row = (tube, outcome) => `${tube},${outcome},2022-01-05 10:00,2022-01-05 14:30`
const csv = (...rows) => ({ name: '一月五日结果.csv', mimeType: 'text/csv', buffer: Buffer.from([HEAD, ...rows].join('\r\n')) })

async function dryRun(page, file) {
  await page.locator('#import-file').setInputFiles(file)
  await page.getByTestId('chosen-file').filter({ hasText: file.name }).waitFor()
  await page.getByTestId('dry-run').click()
  await page.getByTestId('dry-run-answer').waitFor()
}

async function downloaded(page, press) {
  const [download] = await Promise.all([page.waitForEvent('download'), press()])
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
}

test('a file is posted only after a dry run of the same file, and a second question that names the numbers', async (t) => {
  const { page, complained, state } = await lab(t)
  assert.ok(await page.getByTestId('dry-run').isDisabled())
  await page.locator('#import-institution').fill('西安市第三医院')
  await dryRun(page, csv(row('XA2022-0001', '阴性'), row('XA2022-0002', '阳性'), row('XA2022-0100', '阳性'), row('ZZ9999-1', '阴性'), row('XA2022-0003', '很好')))
  assert.equal(await page.getByTestId('count-recorded').innerText(), '2')
  assert.equal(await page.getByTestId('count-rejected').innerText(), '3')
  assert.equal(await page.getByTestId('count-people').innerText(), '20')
  const answer = await page.getByTestId('dry-run-answer').innerText()
  assert.match(answer, /5\s+ZZ9999-1\s+没有这支试管的采样记录/)
  assert.match(answer, /6\s+XA2022-0003\s+结果“很好”不在可选范围/)
  assert.equal(state.tubes.get('XA2022-0001').results.length, 0)
  await bothLanguages(page, 'lab-import-dry-run', 'no samples of this tube are known')
  // Another lab is another dry run.
  await page.locator('#import-institution').fill('西安市第四医院')
  assert.ok(await page.getByTestId('post-import').isDisabled())
  await page.getByTestId('post-obstacle').filter({ hasText: '须先对同一个文件' }).waitFor()
  await page.locator('#import-institution').fill('西安市第三医院')
  await page.getByTestId('post-import').click()
  const asked = await page.getByTestId('post-confirm').innerText()
  assert.match(asked, /2 支试管[\s\S]*20 人[\s\S]*西安市第三医院[\s\S]*3 行有误/)
  assert.ok(await page.getByTestId('post-import-yes').isDisabled())
  await page.locator('#numbers-checked').check()
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'lab-import-confirm-zh')
  await page.keyboard.press('Escape')
  await page.getByTestId('language').click()
  await page.getByTestId('post-import').click()
  await page.getByTestId('post-confirm').filter({ hasText: '2 tubes will be recorded. 20 people' }).waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'lab-import-confirm-en')
  await page.locator('#numbers-checked').check()
  await page.getByTestId('post-import-yes').click()
  await page.getByTestId('import-answer').waitFor()
  await page.getByTestId('language').click()
  assert.equal(state.tubes.get('XA2022-0002').results.at(-1).outcome, 'positive')
  const [dry, real] = state.imports
  assert.deepEqual([dry.dryRun, real.dryRun, real.type], [true, false, 'text/csv'])
  assert.equal(dry.text, real.text)
  await bothLanguages(page, 'lab-import-posted', 'Posted for real')
  // The same file again records nothing twice.
  await page.getByTestId('another-file').click()
  await dryRun(page, csv(row('XA2022-0001', '阴性'), row('XA2022-0002', '阳性')))
  assert.equal(await page.getByTestId('count-duplicates').innerText(), '2')
  await page.getByTestId('post-obstacle').filter({ hasText: '没有可录入的行' }).waitFor()
  assert.ok(await page.getByTestId('post-import').isDisabled())
  assert.deepEqual(complained, [])
})

test('the error file and the template open in Excel: UTF-8 with its mark, and the columns of the contract', async (t) => {
  const { page, complained } = await lab(t)
  const template = await downloaded(page, () => page.getByTestId('template').click())
  assert.deepEqual([...template.bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf])
  assert.match(template.bytes.toString(), /^\ufeff试管码,结果,方法,接收时间,报告时间,编号,更正版本,备注\r\n$/)
  await page.locator('#import-institution').fill('西安市第三医院')
  await dryRun(page, csv(row('ZZ9999-1', '阴性'), row('XA2022-0004', '阴性')))
  const errors = await downloaded(page, () => page.getByTestId('error-file').click())
  assert.equal(errors.name, '一月五日结果-错误.csv')
  assert.deepEqual([...errors.bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf])
  const lines = errors.bytes.toString().split('\r\n')
  assert.equal(lines.length, 2)
  assert.match(lines[1], /^ZZ9999-1,阴性,.*,没有这支试管的采样记录/)
  assert.deepEqual(complained, [])
})

test('a file of the wrong kind or size is refused before it is sent; a large one shows how far it is', async (t) => {
  const { page, state } = await lab(t)
  const choose = (name, buffer) => page.locator('#import-file').setInputFiles({ name, mimeType: 'text/csv', buffer })
  const error = page.locator('#import-file-error')
  await choose('old.xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]))
  await error.filter({ hasText: '另存为 .xlsx' }).waitFor()
  await choose('large.csv', Buffer.alloc(5 * 1024 * 1024, 65))
  await error.filter({ hasText: '超过 4 MB' }).waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await choose('empty.csv', Buffer.alloc(0))
  await error.filter({ hasText: '空的' }).waitFor()
  assert.equal(state.imports.length, 0)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 1_000_000 })
  await page.locator('#import-institution').fill('西安市第三医院')
  const lines = Array.from({ length: 20_000 }, (_, i) => row(`XB-${i}`, '阴性'))
  await page.locator('#import-file').setInputFiles(csv(...lines))
  await page.getByTestId('dry-run').click()
  await page.getByTestId('upload-progress').getByText(/正在上传：[\d.]+ (kB|MB) \//).waitFor()
  await screenshot(page, 'lab-import-progress-zh')
  await page.getByTestId('dry-run-answer').waitFor({ timeout: 60_000 })
  assert.equal(await page.getByTestId('count-rows').innerText(), '20,000')
  await page.getByText('这里显示前 100 行').waitFor()
})

test('a spreadsheet goes as it is, by what it is and not by its name', async (t) => {
  const { page, state } = await lab(t)
  await page.locator('#import-institution').fill('西安市第三医院')
  const buffer = Buffer.concat([Buffer.from([0x50, 0x4b, 0x03, 0x04]), Buffer.from('the rest of a zip')])
  await page.locator('#import-file').setInputFiles({ name: 'results.dat', mimeType: 'text/plain', buffer })
  await page.getByTestId('dry-run').click()
  await page.getByTestId('dry-run-answer').waitFor()
  assert.equal(state.imports[0].type, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
  assert.equal(state.imports[0].bytes, buffer.length)
})

/** Scans into the field as a handheld scanner does. */
async function scan(page, field, code) {
  await page.locator(field).fill(code)
  await page.keyboard.press('Enter')
}

test('scanned results go in one batch; a positive asks once more; what is refused stays to be mended', async (t) => {
  const { page, complained, state } = await lab(t)
  await page.locator('#tab-typeResults').click()
  await scan(page, '#result-tube', 'xa2022-0001')
  await page.locator('#result-tube-error').filter({ hasText: '请先填写检测机构' }).waitFor()
  await page.locator('#batch-institution').fill('西安市第三医院')
  await scan(page, '#result-tube', 'xa2022-0001')
  await scan(page, '#result-tube', 'XA2022-0002')
  await scan(page, '#result-tube', 'ZZ9999-1')
  await page.getByTestId('last-scan').filter({ hasText: '第 3 管：ZZ9999-1，阴性' }).waitFor()
  await scan(page, '#result-tube', 'XA2022-0002')
  await page.locator('#result-tube-error').filter({ hasText: '已在表中' }).waitFor()
  await scan(page, '#result-tube', '11010519491231002X')
  await page.locator('#result-tube-error').filter({ hasText: '这是身份证号，不能当条码' }).waitFor()
  assert.equal(await page.evaluate(() => document.activeElement.id), 'result-tube')
  await page.getByTestId('outcome-XA2022-0002').selectOption('positive')
  // A reload loses neither the rows nor their ids.
  await page.reload()
  await page.locator('#tab-typeResults').click()
  await page.getByTestId('to-post').filter({ hasText: '待提交 3 管：阴性 2 · 阳性 1' }).waitFor()
  await bothLanguages(page, 'lab-typed', '3 tubes to post: Negative 2 · Positive 1')
  await page.getByTestId('post-tubes').click()
  assert.equal(await page.getByTestId('positive-tubes').innerText(), 'XA2022-0002')
  await screenshot(page, 'lab-positive-zh')
  assert.deepEqual(await seriousViolations(page), [])
  await page.getByTestId('positive-yes').click()
  await page.getByTestId('settled').filter({ hasText: '已录入 2 管，重复 0 管，被拒绝 1 管' }).waitFor()
  await page.locator('[data-test="state-ZZ9999-1"][data-state=rejected]').filter({ hasText: '没有这支试管的采样记录' }).waitFor()
  assert.equal(state.posted.length, 1)
  assert.equal(state.posted[0].length, 3)
  assert.equal(state.tubes.get('XA2022-0002').results.at(-1).outcome, 'positive')
  await bothLanguages(page, 'lab-typed-settled', '2 tubes recorded')
  await page.getByTestId('clear-done').click()
  await page.getByTestId('to-post').filter({ hasText: '待提交 1 管' }).waitFor()
  assert.deepEqual(complained, [])
})

test('a lost answer leaves the rows as they were sent; posting again records nothing twice', async (t) => {
  const { page, state } = await lab(t)
  await page.locator('#tab-typeResults').click()
  await page.locator('#batch-institution').fill('西安市第三医院')
  await scan(page, '#result-tube', 'XA2022-0001')
  await scan(page, '#result-tube', 'XA2022-0002')
  state.lost = 1
  await page.getByTestId('post-tubes').click()
  await page.getByText('再次提交同样的内容是安全的').waitFor()
  assert.equal(await page.getByTestId('outcome-XA2022-0001').count(), 0)
  assert.deepEqual(await seriousViolations(page), [])
  await page.reload()
  await page.locator('#tab-typeResults').click()
  await page.getByTestId('post-tubes').filter({ hasText: '再次提交 2 管' }).click()
  await page.getByTestId('settled').filter({ hasText: '已录入 0 管，重复 2 管，被拒绝 0 管' }).waitFor()
  assert.deepEqual(state.posted[1], state.posted[0])
  assert.equal(state.tubes.get('XA2022-0001').results.length, 1)
})

test('an amendment says what it changes, needs a reason, and keeps the former version', async (t) => {
  const { page, complained, state } = await lab(t)
  await page.locator('#tab-correctResult').click()
  await page.locator('#tube-barcode').fill('XA2022-0100')
  assert.ok(await page.getByTestId('find-tube').isDisabled())
  await page.locator('#tube-purpose').fill('复核原始记录')
  await page.getByTestId('find-tube').click()
  await page.getByTestId('tube-file').waitFor()
  assert.deepEqual(state.asked, ['XA2022-0100 复核原始记录'])
  await page.getByTestId('tube-flags').filter({ hasText: '超过管型人数' }).waitFor()
  // A lab opens no personal files.
  assert.equal(await page.getByTestId('file-1').count(), 0)
  await page.getByTestId('amend').click()
  await page.locator('[data-test=amend-form] h3:focus').waitFor()
  await page.getByTestId('amend-form').getByRole('button', { name: '取消' }).click()
  await page.locator('[data-test=amend]:focus').waitFor()
  await page.getByTestId('amend').click()
  await page.getByText('没有要更正的').waitFor()
  await page.locator('#amend-outcome').selectOption('positive')
  const effects = await page.getByTestId('effects').innerText()
  assert.match(effects, /撤销原来的阴性：10 人[\s\S]*10 人立即转黄码/)
  assert.ok(await page.getByTestId('post-amendment').isDisabled())
  await page.locator('#amend-remark').fill('录入时看错行')
  await bothLanguages(page, 'lab-amend', 'The negative is withdrawn: 10 people')
  await page.getByTestId('post-amendment').click()
  await page.getByTestId('amended').filter({ hasText: '第 2 版，10 人' }).waitFor()
  await page.locator('[data-test=tube-file] h3:focus').waitFor()
  const sent = state.posted[0][0]
  assert.deepEqual([sent.amends, sent.outcome, sent.remark], [1, 'positive', '录入时看错行'])
  assert.match(await page.getByTestId('tube-file').innerText(), /2 当前有效[\s\S]*1 已被更正/)
  await bothLanguages(page, 'lab-amended', 'in force')
  // Somebody else amends meanwhile: the server refuses, and nothing is overwritten.
  await page.getByTestId('amend').click()
  state.tubes.get('XA2022-0100').results.push({ ...sent, id: 'x', version: 3, posted: sent.reported, staffId: 7 })
  await page.locator('#amend-outcome').selectOption('invalid')
  await page.locator('#amend-remark').fill('再次更正')
  await page.getByTestId('post-amendment').click()
  await page.getByTestId('amend-form').getByText('请写明更正的版本').waitFor()
  await page.locator('[data-test=refusal]:focus').waitFor()
  assert.deepEqual(complained, [])
})

test('a box tells what is missing and what came unsent while its tubes are scanned', async (t) => {
  const { page, complained, state } = await lab(t)
  await page.locator('#tab-receiveBoxes').click()
  await bothLanguages(page, 'lab-receive-box', 'Scan a box')
  await scan(page, '#box-code', 'box-2022-01')
  await page.getByTestId('missing-count').filter({ hasText: '还没收到的 3 支' }).waitFor()
  // The next thing the scanner types belongs into this field.
  assert.equal(await page.evaluate(() => document.activeElement.id), 'tube-code')
  let goOn
  const asked = new Promise((resolve) => (goOn = resolve))
  await page.route('**/v1/boxes/*/receive', async (route) => {
    await asked
    await route.continue()
  })
  await scan(page, '#tube-code', 'XA2022-0001')
  await page.locator('[data-test="taken-XA2022-0001"][data-state=recorded]').waitFor()
  // Scanned while it is asked what is missing, and typed faster than the page draws.
  await page.evaluate(() => {
    const field = document.querySelector('#tube-code')
    field.value = 'XA2022-0002'
    field.dispatchEvent(new Event('input', { bubbles: true }))
    field.form.requestSubmit()
  })
  await page.locator('[data-test="taken-XA2022-0002"][data-state=waiting]').waitFor()
  goOn()
  await page.getByTestId('missing-count').filter({ hasText: '还没收到的 1 支' }).waitFor()
  await page.unroute('**/v1/boxes/*/receive')
  await scan(page, '#tube-code', 'XA2022-0009')
  await page.getByTestId('unsent').waitFor()
  assert.equal(await page.getByTestId('missing').innerText(), 'XA2022-0003')
  assert.equal(await page.getByTestId('unsent').innerText(), 'XA2022-0009')
  await bothLanguages(page, 'lab-box', '1 not received yet')
  state.down = true
  await scan(page, '#tube-code', 'XA2022-0003')
  await page.getByText('1 支没有登记成功：暂时不可用').waitFor({ timeout: 30_000 })
  assert.ok(await page.getByTestId('finish-box').isDisabled())
  state.down = false
  await page.getByTestId('tell-again').click()
  await page.getByTestId('missing-count').filter({ hasText: '全部收到' }).waitFor()
  await page.getByTestId('finish-box').click()
  await page.waitForFunction(() => document.activeElement.id === 'box-code')
  await page.getByTestId('no-box').click()
  await scan(page, '#tube-code', 'XA2022-0001')
  await page.locator('[data-test="taken-XA2022-0001"][data-state=duplicate]').waitFor()
  await bothLanguages(page, 'lab-loose', 'Loose tubes')
  assert.deepEqual(complained.filter((each) => !each.includes('503')), [])
})
