/// axe-core in a page, past the page's content policy.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { screenshot } from './chromium.mjs'

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

/** Serious and critical violations of what is on screen now, each as `rule: element`. */
export async function seriousViolations(page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Runtime.evaluate', { expression: AXE })
  const found = await page.evaluate(async () => (await window.axe.run()).violations)
  await devtools.detach()
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

/** Looks at what is on screen in Chinese and in English: nothing that keeps anybody out, and nothing forgotten. */
export async function bothLanguages(page, name, english) {
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, `${name}-zh`)
  await page.getByTestId('language').click()
  await page.getByText(english).first().waitFor()
  assert.deepEqual(await seriousViolations(page), [])
  await screenshot(page, `${name}-en`)
  await page.getByTestId('language').click()
}
