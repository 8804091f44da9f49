/// What a sampler does on the page, as steps that wait for what they cause.

/** Opens the page, logs in with the demo account, chooses the first point and the round, and begins. */
export async function openTable(page, url, { size = 10, household = false, round = '3' } = {}) {
  await page.goto(`${url}/sampler`)
  await page.getByTestId('demo-account').first().click()
  await page.getByTestId('point').first().click()
  await page.getByTestId('chosen-point').waitFor()
  if (round) {
    await page.locator(`#round option[value="${round}"]`).waitFor({ state: 'attached' })
    await page.locator('#round').selectOption(round)
  }
  await page.getByTestId(`size-${size}`).check()
  if (household) await page.locator('#household').check()
  await page.getByTestId('start').click()
  await page.getByTestId('tube-card').waitFor()
}

/** Waits until keys and lists are on the device and the page opens without a network. */
export async function keptForOffline(page) {
  await page.waitForFunction(() => document.querySelector('[data-test="online"]')?.dataset.online === 'true')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
}

/** A handheld scanner types a text and presses Enter; nothing has to have the focus. */
export async function scan(page, text) {
  await page.evaluate((scanned) => {
    document.activeElement?.blur?.()
    const key = (name) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }))
    for (const letter of scanned) key(letter)
    key('Enter')
  }, text)
}

/** Waits for a person to be in the tube as the `people`th. */
export async function bound(page, people) {
  await page.waitForFunction((count) => document.querySelector('[data-test="tube-card"]')?.dataset.people === String(count), people)
}

/** Scans a tube and waits for it to be on the table. */
export async function putTube(page, tube) {
  await scan(page, tube)
  await page.waitForFunction((name) => document.querySelector('[data-test="tube-card"]')?.dataset.tube === name, tube)
}

/** The question or refusal on screen: {tone, kind, codes, text}. */
export async function questionOf(page) {
  const read = await page.waitForFunction(() => {
    const sheet = document.querySelector('[data-test="question"]')
    if (!sheet) return null
    const codes = sheet.querySelector('[data-codes]')?.dataset.codes ?? ''
    return { ...sheet.dataset, codes: codes ? codes.split(' ') : [], text: sheet.closest('dialog').innerText }
  })
  return read.jsonValue()
}

/** Presses a button of the question, which goes away. */
export async function answer(page, button) {
  await page.getByTestId(button).click()
  await page.getByTestId('question').waitFor({ state: 'detached' })
}

/** Goes to a place of the page. */
export async function goTo(page, place) {
  await page.getByTestId(`nav-${place}`).click()
  await page.getByTestId(`place-${place}`).waitFor()
}

/** Samples that wait on the device, as the page counts them. */
export async function waitingSamples(page) {
  return Number(await page.getByTestId('waiting').getAttribute('data-samples'))
}

/** Waits until nothing waits on the device. */
export async function allSent(page) {
  await page.waitForFunction(() => document.querySelector('[data-test="waiting"]')?.dataset.count === '0')
}

/** Fills in the document form. */
export async function byDocument(page, { number, name, kind = 'resident-id' }) {
  await page.locator('#document-kind').selectOption(kind)
  await page.locator('#document-number').fill(number)
  if (name !== undefined) await page.locator('#person-name').fill(name)
  await page.getByTestId('add-person').click()
}
