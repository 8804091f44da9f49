/// What a person at the gate does on the verifier page, as steps that wait for what they cause.

/** Opens the page, logs in with the demo account and chooses the first venue. */
export async function openGate(page, url) {
  await page.goto(`${url}/verifier`)
  await page.getByTestId('demo-account').first().click()
  await page.getByTestId('venue').first().click()
  await page.getByTestId('online').waitFor()
}

/** Waits until keys and lists are on the device and the page opens without a network. */
export async function keptForOffline(page) {
  // The banner about missing data goes away with the first complete download.
  await page.waitForFunction(() => !document.querySelector('[data-test="banners"] .notice.bad'))
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
}

/** Enters the text of a code by hand. */
export async function pasteText(page, text) {
  await page.getByTestId('open-paste').click()
  await page.locator('#code-text').fill(text)
  await page.getByTestId('verify-text').click()
}

/** Waits for the verdict screen and reads it in one go: the page goes back to scanning by itself. */
export async function verdictOf(page) {
  const read = await page.waitForFunction(() => {
    const screen = document.querySelector('[data-test="verdict"]')
    if (!screen) return null
    const reasons = screen.querySelector('[data-test="reasons"]')?.getAttribute('data-reasons')
    const { outcome, face } = screen.dataset
    return { outcome, face, reasons: reasons ? reasons.split(' ') : [], text: screen.innerText }
  })
  return read.jsonValue()
}

/** Goes back to scanning, unless the page has done so by itself. */
export async function backToScanning(page) {
  await page.evaluate(() => document.querySelector('[data-test="next"]')?.click())
  await page.getByTestId('verdict').waitFor({ state: 'detached' })
}

/** Check-ins that wait on the device, as the page counts them. */
export async function waitingCount(page) {
  return Number(await page.getByTestId('waiting').getAttribute('data-count'))
}
