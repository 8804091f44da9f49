/// A desk at the console: the built pages, an API of plain functions, and somebody signed in.
import { complaints, launch } from './chromium.mjs'
import { servePages } from './page_server.mjs'

/** Answers {page, complained, sign}; `sign(role)` lets somebody else sit down at the same desk. */
export async function consoleDesk(t, dist, api, role) {
  const server = await servePages(dist, api)
  t.after(() => server.close())
  const context = await launch({ mobile: false })
  t.after(() => context.close())
  context.setDefaultTimeout(15_000)
  const page = context.pages()[0] ?? (await context.newPage())
  const complained = complaints(page)
  const sign = async (as) => {
    await page.getByTestId(`demo-${as}`).click()
    await page.getByTestId('sign-in').click()
    await page.getByTestId('who').waitFor()
  }
  await page.goto(`${server.url}/console`)
  await sign(role)
  const change = async (as) => {
    await page.getByTestId('sign-out').click()
    await sign(as)
  }
  return { page, complained, sign: change }
}
