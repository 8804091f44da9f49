/// The service worker's decisions.
import { expect, test } from 'vitest'
import { cacheName, isAsset, isOneBuild, shellOf, staleCaches } from '../src/offline/sw/policy'

test('the build before the current stays for pages still on screen, older ones of the same page go', () => {
  const [older, before, current] = ['v1', 'v2', 'v3'].map((version) => cacheName('citizen', version)) as [string, string, string]
  const names = [older, cacheName('verifier', 'v1'), before, 'other', current]
  expect(staleCaches(names, 'citizen', current)).toEqual([older])
  expect(staleCaches([before, current], 'citizen', current)).toEqual([])
})

test('a page of another build is never kept with the files of this one', () => {
  const files = ['/', '/assets/citizen-b.js', '/assets/base-b.css']
  const html = (build: string) =>
    `<script type="module" src="/assets/citizen-${build}.js"></script><link href="/assets/base-b.css"><link href="/assets/icon-b.svg">`
  expect(isOneBuild(html('b'), files)).toBe(true)
  expect(isOneBuild(html('a'), files)).toBe(false)
  expect(isOneBuild('<h1>502</h1>', files)).toBe(false)
})

test('answers of the API are never taken from the cache', () => {
  expect(isAsset('/v1/code')).toBe(false)
  expect(isAsset('/assets/citizen-abc.js')).toBe(true)
})

test('an unknown page keeps no files', () => {
  expect(shellOf({}, 'nobody').files).toEqual([])
})
