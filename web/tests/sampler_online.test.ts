/// Whether the sampler's page says that it is online, without waiting for the next refresh of the keys.
import 'fake-indexeddb/auto'
import { afterEach, expect, test, vi } from 'vitest'
import { Sampler } from '../src/sampler/sampler'

afterEach(() => {
  vi.unstubAllGlobals()
})

test('an upload that arrives says that the server is there again, a refused one does not', async () => {
  const around = { nowMs: () => Date.now(), steadyMs: () => performance.now(), random: Math.random, locks: undefined, name: 'online' }
  const sampler = await Sampler.open(around)
  let status = 503
  vi.stubGlobal('fetch', async () => Response.json(status === 200 ? { items: [] } : { type: '/problems/busy', title: 'busy', status }, { status }))
  const ask = () => sampler.client.send('POST', '/v1/samples', { body: {}, tries: 1 }).catch(() => null)
  await ask()
  expect(sampler.trust.online.value).toBe(false)
  status = 200
  await ask()
  expect(sampler.trust.online.value).toBe(true)
})
