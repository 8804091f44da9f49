/// A test that fails and leaves everything open; run by runner.e2e.mjs only.
import { test } from 'node:test'
import { launch } from './chromium.mjs'
import { servePages } from './page_server.mjs'

test('fails with a page, a server and a timer open', async () => {
  const server = await servePages('/nowhere', { 'GET /slow': () => new Promise(() => {}) })
  const context = await launch()
  const page = context.pages()[0] ?? (await context.newPage())
  page.goto(`${server.url}/slow`).catch(() => {})
  setInterval(() => {}, 1_000)
  console.log(`left open ${server.url}`)
  throw new Error('as a failed assertion')
})
