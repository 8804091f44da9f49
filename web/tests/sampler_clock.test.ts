/// The time a table writes down, on a device whose clock is wrong.
import { expect, test } from 'vitest'
import { TableClock } from '../src/sampler/clock'

function device() {
  const at = { wallMs: 1_000_000, steadyMs: 500 }
  const pass = (ms: number) => {
    at.wallMs += ms
    at.steadyMs += ms
  }
  return { at, pass, clock: new TableClock({ nowMs: () => at.wallMs, steadyMs: () => at.steadyMs }) }
}

test('a clock that is wrong is put right by the server, also a while later without a network', () => {
  const { clock, pass } = device()
  expect(clock.nowMs()).toBe(1_000_000)
  clock.learn(-600_000)
  pass(30_000)
  expect(clock.nowMs()).toBe(430_000)
})

test('a clock that is right to within seconds is left alone', () => {
  const { clock } = device()
  clock.learn(1_500)
  expect(clock.nowMs()).toBe(1_000_000)
})

test('a clock that was set after the measurement is taken as it is until the next one', () => {
  const { at, clock, pass } = device()
  clock.learn(-600_000)
  at.wallMs -= 600_000
  pass(1_000)
  expect(clock.nowMs()).toBe(401_000)
  clock.learn(-30_000)
  expect(clock.nowMs()).toBe(371_000)
})
