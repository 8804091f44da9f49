/// How soon a page that lies open sees a new colour.
import { expect, test } from 'vitest'
import { pauseMs } from '../src/citizen/rhythm'

test('an open page asks again within a minute, spread over half a pause', () => {
  expect([0, 0.5, 1].map(pauseMs)).toEqual([30_000, 40_000, 50_000])
  expect(pauseMs(1)).toBeLessThanOrEqual(60_000)
})
