/// Debian's Chromium for tests: headless, Chinese, no chatter, and if wanted a film in place of the camera.
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { endedAfterTest } from './closing.mjs'

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * Starts Chromium. `film` is a y4m file that every camera shows; `profile` a folder that keeps storage over
 * restarts. Answers a context; closing it, or the end of the test, ends the browser.
 */
export async function launch({ film, profile = '', mobile = true, locale = 'zh-CN', args = [] } = {}) {
  const camera = film
    ? [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${film}`,
      ]
    : []
  const options = {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...QUIET, ...camera, ...args],
    locale,
    timezoneId: 'Asia/Shanghai',
    viewport: mobile ? { width: 390, height: 844 } : { width: 1024, height: 768 },
    deviceScaleFactor: mobile ? 3 : 1,
    permissions: film ? ['camera'] : [],
  }
  const context = await chromium.launchPersistentContext(profile, options)
  const close = context.close.bind(context)
  context.close = endedAfterTest(close)
  return context
}

/** Collects what a page complains about: errors in its console and uncaught exceptions. */
export function complaints(page) {
  const found = []
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(message.text())
  })
  page.on('pageerror', (error) => found.push(String(error)))
  return found
}

/** Keeps what people see for whoever wants to look at it: only where `SCREENSHOTS` names a folder. */
export async function screenshot(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true })
}
