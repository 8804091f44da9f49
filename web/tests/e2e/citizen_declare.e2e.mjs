/// Declarations on a resident's phone: through the waiting room, with a certificate, with a photo.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { selectors } from 'playwright-core'
import { seriousViolations } from '../harness/accessibility.mjs'
import { screenshot } from '../harness/chromium.mjs'
import { testCertificate } from '../harness/city.mjs'
import { builtPages } from '../harness/page_server.mjs'
import { writeQrPicture } from '../harness/qr_picture.mjs'
import { nowS, openScreen, residentPhone } from '../harness/resident_phone.mjs'
import { withRoom } from '../harness/room_api.mjs'
import { openRound } from '../harness/round_api.mjs'

selectors.setTestIdAttribute('data-test')
let dist
let folder
before(async () => {
  dist = await builtPages()
  folder = await mkdtemp(join(tmpdir(), 'yimatong-declare-'))
})
after(() => rm(folder, { recursive: true, force: true }))

const phone = (t, name, prepare) => residentPhone(t, { dist, folder, name, prepare })

test('a declaration waits in line like every write, then is on the list with its review and the remark', async (t) => {
  let room
  const { page, state } = await phone(t, 'declare', (state, api) => {
    state.rounds = [openRound(nowS())]
    const guarded = withRoom(api, { open: true, issued: 1001 })
    room = guarded.room
    return guarded.api
  })
  await page.getByTestId('round-card').click()
  await page.getByTestId('to-declare').click()
  await page.getByTestId('declaration-form').waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'declare-form')
  // One tap declares nothing.
  await page.getByTestId('submit-declaration').click()
  await page.locator('#kind-error').filter({ hasText: '请选择属于哪种情况' }).waitFor()
  assert.deepEqual(state.declared, [])
  await page.getByTestId('kind-vaccinated').click()
  room.open = false
  await page.getByTestId('submit-declaration').click()
  await page.getByTestId('waiting').waitFor()
  assert.equal(await page.getByTestId('declaration-form').isVisible(), false)
  room.open = true
  room.serving = 1e6
  await page.getByTestId('declaration-sent').waitFor()
  assert.deepEqual(state.declared[0], { campaign: 3, kind: 'vaccinated', evidence: { kind: 'none' } })
  await page.locator('[data-test=declaration][data-review=waiting]').waitFor()
  state.declarations = [{ ...state.declarations[0], review: 'refused', reviewed: { at: new Date().toISOString() }, remark: '没有查到接种记录，请上传凭证' }]
  await page.clock.setFixedTime(Date.now() + 4_000)
  await page.getByTestId('ask-again').click()
  await page.getByTestId('remark').filter({ hasText: '没有查到接种记录' }).waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'declarations')
})

test('an own test is declared by a picture of its certificate, or by a photo made small on the phone', async (t) => {
  const { page, state, city } = await phone(t, 'evidence')
  const certificate = testCertificate(city.key, { issuedAtS: nowS() - 3600, sampledS: nowS() - 20 * 3600 })
  await openScreen(page, 'declare/new')
  await page.getByTestId('kind-outside-city').click()
  await page.getByTestId('submit-declaration').click()
  await page.getByText('请扫描或粘贴证书').waitFor()
  await page.locator('#certificate').fill('YMT1:ABC')
  await page.getByText('这是健康码，不是检测证书').waitFor()

  // The same certificate as a photograph of a screen.
  const shot = join(folder, 'certificate.png')
  await writeQrPicture(page.context(), shot, certificate)
  await page.getByTestId('scan-certificate').setInputFiles(shot)
  await page.locator('[data-test=scan-state][data-state=scanned]').waitFor()
  assert.equal(await page.locator('#certificate').inputValue(), certificate)
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, 'declare-certificate')

  // Refused by the server for its content: the words stand at the field.
  state.refuseDeclaration = {
    status: 422,
    body: { type: '/problems/invalid', title: 'x', titleZh: 'x', status: 422, field: 'evidence.text', detail: 'The name differs', detailZh: '证书上的姓名与登记的不一致' },
  }
  await page.getByTestId('submit-declaration').click()
  await page.locator('#certificate-error').filter({ hasText: '姓名与登记的不一致' }).waitFor()
  state.refuseDeclaration = null

  await page.getByTestId('evidence-upload').click()
  const noise = join(folder, 'photo.png')
  await writeFile(noise, await noisyPicture(page))
  await page.locator('#upload').setInputFiles(noise)
  await page.locator('[data-test=upload-state]').filter({ hasText: 'photo.png' }).waitFor()
  await page.locator('#sampled').fill('2022-01-05T10:00')
  await screenshot(page, 'declare-upload')
  await page.getByTestId('submit-declaration').click()
  await page.getByTestId('declaration-sent').waitFor()
  const { evidence, sampled } = state.declared.at(-1)
  assert.equal(sampled, '2022-01-05T02:00:00.000Z')
  assert.equal(evidence.mediaType, 'image/jpeg')
  const bytes = Buffer.from(evidence.data, 'base64')
  assert.ok(bytes.length <= 200_000 && bytes.length > 10_000, `${bytes.length} bytes`)
  assert.deepEqual([...bytes.subarray(0, 3)], [0xff, 0xd8, 0xff])
  // The megabyte of the decoder was fetched for this, and is not part of what every phone keeps.
  const kept = await page.evaluate(async () => {
    const names = await caches.keys()
    const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)))
    return all.flat()
  })
  assert.ok(kept.length > 10)
  assert.deepEqual(kept.filter((url) => url.endsWith('.wasm')), [])
})

/** A picture that does not compress: like a photo of a document on a rough table, 8 megapixels. */
async function noisyPicture(page) {
  const data = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 3264, height: 2448 })
    const context = canvas.getContext('2d')
    const pixels = context.createImageData(canvas.width, canvas.height)
    let seed = 1
    for (let i = 0; i < pixels.data.length; i += 4) {
      seed = (seed * 1103515245 + 12345) % 2 ** 31
      pixels.data.set([seed & 255, (seed >> 8) & 255, 200, 255], i)
    }
    context.putImageData(pixels, 0, 0)
    return canvas.toDataURL('image/png')
  })
  return Buffer.from(data.split(',')[1], 'base64')
}
