/// A resident's phone with a registered code, at a mock city of its own.
import { join } from 'node:path'
import { complaints, launch } from './chromium.mjs'
import { register } from './citizen_page.mjs'
import { City } from './city.mjs'
import { servePages } from './page_server.mjs'
import { residentApi } from './resident_api.mjs'

/** Unix seconds. */
export const nowS = () => Math.floor(Date.now() / 1000)

/**
 * Opens the page of `dist` with a profile below `folder` and registers. `prepare` changes state and API before, or answers
 * another API. All is closed with the test.
 */
export async function residentPhone(t, { dist, folder, name, prepare = () => undefined }) {
  const city = new City()
  const { api, state } = residentApi(city, nowS)
  const served = prepare(state, api) ?? api
  const server = await servePages(dist, served)
  const context = await launch({ profile: join(folder, name) })
  context.setDefaultTimeout(15_000)
  t.after(() => context.close())
  const page = context.pages()[0] ?? (await context.newPage())
  const complained = complaints(page)
  await page.goto(server.url)
  await register(page)
  return { city, state, server, context, page, complained }
}

/** Goes to a screen by its address. */
export const openScreen = (page, hash) => page.evaluate((to) => void (location.hash = to), hash)
