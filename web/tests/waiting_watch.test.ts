/// When the waiting page asks: by the budget, not while nobody looks, and patiently while nobody answers.
import { expect, test } from 'vitest'
import { HIDDEN_MS, RoomWatch } from '../src/citizen/waiting/watch'

const FIGURES = { serving: 1, issued: 2, ratePerS: 10, pollS: 2, longestPollS: 50, placeAfterS: 0.5, paused: false, asOf: '' }

/** A watch over a clock that the test moves. */
function watched(ahead = 100) {
  const world = { ahead, atMs: 0, readAtMs: 0, hidden: false, reminding: false, fails: false, polls: 0, pauses: [] as number[] }
  let timer: (() => void) | null = null
  const watch = new RoomWatch({
    poll: async () => {
      world.polls += 1
      if (world.fails) throw new Error('no answer')
      world.readAtMs = world.atMs
    },
    known: () => (world.ahead < 0 ? null : { ahead: world.ahead, figures: FIGURES, readAtMs: world.readAtMs }),
    isHidden: () => world.hidden,
    isReminding: () => world.reminding,
    nowMs: () => world.atMs,
    random: () => 0.5,
    later: (callBack, ms) => {
      timer = callBack
      world.pauses.push(ms)
      return () => {
        timer = null
      }
    },
  })
  /** Lets the planned poll happen. */
  const next = async () => {
    const due = timer
    world.atMs += world.pauses.at(-1) ?? 0
    timer = null
    due?.()
    await new Promise((done) => setImmediate(done))
  }
  return { watch, world, next, isPlanned: () => timer !== null }
}

test('polls follow the formula and end with the call', async () => {
  const { watch, world, next, isPlanned } = watched(100)
  watch.plan()
  expect(world.pauses.at(-1)).toBe(5_000)
  await next()
  expect([world.polls, world.pauses.at(-1)]).toEqual([1, 5_000])
  world.ahead = -1
  await next()
  expect([world.polls, isPlanned()]).toEqual([2, false])
})

test('figures that another tab has just read put the next poll off', () => {
  const { watch, world } = watched(100)
  watch.plan()
  world.atMs = 4_000
  world.readAtMs = 4_000
  watch.plan()
  expect(world.pauses.at(-1)).toBe(5_000)
  expect(world.polls).toBe(0)
})

test('figures of an earlier visit are asked for anew at once', () => {
  const { watch, world } = watched(100)
  world.atMs = 3_600_000
  watch.plan()
  expect(world.pauses.at(-1)).toBe(0)
})

test('a page that is hidden for long sleeps, and catches up when it is seen again', async () => {
  const { watch, world, next, isPlanned } = watched(100)
  world.hidden = true
  watch.seen()
  world.atMs += HIDDEN_MS + 1
  await next()
  expect([world.polls, isPlanned()]).toEqual([0, false])
  world.hidden = false
  watch.seen()
  expect(world.pauses.at(-1)).toBe(0)
  await next()
  expect(world.polls).toBe(1)
})

test('a hidden page that has promised to remind goes on asking', async () => {
  const { watch, world, next } = watched(100)
  world.hidden = world.reminding = true
  watch.seen()
  world.atMs += HIDDEN_MS + 1
  await next()
  expect(world.polls).toBe(1)
})

test('while nobody answers the pauses double up to a minute', async () => {
  const { watch, world, next } = watched(0)
  world.fails = true
  watch.plan()
  for (let poll = 0; poll < 8; poll += 1) await next()
  expect(world.pauses.slice(1)).toEqual([4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000])
})
