/// axe-core in a page, past the page's content policy.
import { readFileSync } from 'node:fs'

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
