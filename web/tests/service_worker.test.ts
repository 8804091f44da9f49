/// The service worker's decisions.
import { expect, test } from 'vitest'
import { cacheName, isAsset, shellOf, staleCaches } from '../src/offline/sw/policy'

test('only older caches of the same page are stale', () => {
  const current = cacheName('citizen', 'v2')
  const names = [current, cacheName('citizen', 'v1'), cacheName('verifier', 'v1'), 'other']
  expect(staleCaches(names, 'citizen', current)).toEqual([cacheName('citizen', 'v1')])
})

test('answers of the API are never taken from the cache', () => {
  expect(isAsset('/v1/code')).toBe(false)
  expect(isAsset('/assets/citizen-abc.js')).toBe(true)
})

test('an unknown page keeps no files', () => {
  expect(shellOf({}, 'nobody').files).toEqual([])
})
