// The checker itself: every way a write can go wrong is found, and a history that went well has no findings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check, count } from './checker.mjs'
import { longestSilenceMs, recoveryMs } from './history.mjs'

const AT = '2026-11-25T20:00:00.000Z'
const AT_MS = Date.parse(AT)
const code = { personId: '7', name: '王*国', documentTail: '0017' }
const resultRow = { personId: '7', id: 'r1', sampled: AT, received: AT, reported: AT, outcome: 'negative', tube: 'pooled', method: 'naat', institution: '西安市第三医院' }

/** A history in which everything was acknowledged, and what is stored then. */
function wellDone() {
  const entry = (kind, content, told) => ({ kind, key: kind, content, told, sentAt: [1], outcome: 'acknowledged' })
  const entries = [
    entry('register', { document: 'D' }, { code, session: {} }),
    entry('checkIns', { venueId: 3, rows: [{ id: 'c1', at: AT, personId: '7', outcome: 'refuse' }] }, { items: [{ id: 'c1', status: 'recorded' }] }),
    entry('results', { rows: [resultRow] }, { items: [{ id: 'r1', status: 'duplicate' }] }),
    entry('paper', { personId: '7' }, { paperId: 41 }),
  ]
  const checkIn = { id: 'c1', venueId: 3, personId: '7', atMs: AT_MS, outcome: 1 }
  const stored = {
    checkIns: [checkIn], personCheckIns: [{ ...checkIn }],
    results: [{ id: 'r1', personId: '7', sampledMs: AT_MS, receivedMs: AT_MS, reportedMs: AT_MS, outcome: 0, tube: 1, method: 0 }],
    papers: [{ slot: 41, personId: '7' }], slots: [40, 41], deviceSlots: new Map([['7', 1]]),
    looked: new Map([['D', { ...code }]]), histories: new Map([['7', [{ sampled: AT, received: AT, reported: AT, tube: 'pooled' }]]]),
  }
  return { entries, stored }
}

/** What is found after a change of what is stored. */
function foundAfter(change) {
  const { entries, stored } = wellDone()
  change(stored, entries)
  return check(entries, stored).map(({ what, is }) => `${what}: ${is}`)
}

test('a history that went well has no findings', () => assert.deepEqual(foundAfter(() => {}), []))

test('a lost write of every kind is found', () => {
  assert.deepEqual(foundAfter((stored) => stored.looked.set('D', null)), ['register: lost'])
  assert.deepEqual(foundAfter((stored) => stored.deviceSlots.clear()), ['register: lost'])
  assert.deepEqual(foundAfter((stored) => stored.checkIns.pop()), ['check-in by venue: lost'])
  assert.deepEqual(foundAfter((stored) => stored.personCheckIns.pop()), ['check-in by person: lost'])
  assert.deepEqual(foundAfter((stored) => stored.results.pop()), ['result: lost'])
  assert.deepEqual(foundAfter((stored) => stored.papers.pop()), ['paper: lost'])
  assert.deepEqual(foundAfter((stored) => stored.histories.set('7', [])), ['result history: lost'])
})

test('a doubled write of every kind is found', () => {
  const twice = (list) => list.push({ ...list[0] })
  assert.deepEqual(foundAfter((stored) => stored.deviceSlots.set('7', 2)), ['register: doubled'])
  assert.deepEqual(foundAfter((stored) => twice(stored.checkIns)), ['check-in by venue: doubled'])
  assert.deepEqual(foundAfter((stored) => twice(stored.personCheckIns)), ['check-in by person: doubled'])
  assert.deepEqual(foundAfter((stored) => twice(stored.results)), ['result: doubled'])
  assert.deepEqual(foundAfter((stored) => twice(stored.histories.get('7'))), ['result history: doubled'])
  assert.deepEqual(foundAfter((stored) => stored.papers.push({ slot: 42, personId: '7' })), ['paper: doubled'])
  assert.deepEqual(foundAfter((stored) => stored.slots.push(41)), ['slot: doubled'])
})

test('a changed write of every kind is found', () => {
  assert.deepEqual(foundAfter((stored) => (stored.looked.get('D').name = '李*')), ['register: changed'])
  assert.deepEqual(foundAfter((stored) => (stored.checkIns[0].outcome = 0)), ['check-in by venue: changed'])
  assert.deepEqual(foundAfter((stored) => (stored.personCheckIns[0].personId = '8')), ['check-in by person: changed'])
  assert.deepEqual(foundAfter((stored) => (stored.results[0].tube = 0)), ['result: changed'])
  assert.deepEqual(foundAfter((stored) => (stored.papers[0].personId = '8')), ['paper: changed'])
})

test('a write that nobody sent is found', () => {
  assert.deepEqual(foundAfter((stored) => stored.results.push({ ...stored.results[0], id: 'r2' })), ['result: from nowhere'])
  assert.deepEqual(foundAfter((stored) => stored.checkIns.push({ ...stored.checkIns[0], id: 'c2' })), ['check-in by venue: from nowhere'])
})

test('a write that was given up may be there once or not at all, but not twice', () => {
  const giveUp = (entries) => entries.forEach((entry) => Object.assign(entry, { outcome: 'unknown', told: undefined }))
  assert.deepEqual(foundAfter((_, entries) => giveUp(entries)), [])
  const nothing = { checkIns: [], personCheckIns: [], results: [], papers: [], slots: [], deviceSlots: new Map(), looked: new Map([['D', null]]), histories: new Map([['7', []]]) }
  assert.deepEqual(foundAfter((stored, entries) => (giveUp(entries), Object.assign(stored, nothing))), [])
  assert.deepEqual(foundAfter((stored, entries) => (giveUp(entries), stored.deviceSlots.set('7', 2), stored.results.push({ ...stored.results[0] }))), ['register: doubled', 'result: doubled'])
})

test('a row that was refused must not be there', () => {
  const refuse = (entries) => (entries[1].told.items[0].status = 'rejected')
  assert.deepEqual(foundAfter((_, entries) => refuse(entries)), ['check-in by venue: there, though refused', 'check-in by person: there, though refused'])
})

test('one number of a sheet for two people is found', () => {
  const found = foundAfter((stored, entries) => entries.push({ ...entries[3], content: { personId: '8' } }))
  assert.deepEqual(found, ['paper: changed'])
})

test('writes and rows are counted by what became of them', () => {
  const { entries } = wellDone()
  entries[1].told.items[0].status = 'rejected'
  entries.push({ kind: 'paper', content: {}, sentAt: [1, 2], outcome: 'unknown' })
  assert.deepEqual(count(entries), { acknowledged: 4, unknown: 1, refused: 0, rows: 1, refusedRows: 1, repeated: 1 })
})

test('recovery is when two seconds have four fifths of the calm rate', () => {
  const everyHalf = (from, until) => Array.from({ length: (until - from) / 500 }, (_, n) => from + n * 500)
  assert.equal(recoveryMs([...everyHalf(0, 1_000), ...everyHalf(5_000, 9_000)], 2, 1_000, 9_000), 4_000)
  assert.equal(recoveryMs(everyHalf(0, 1_000), 2, 1_000, 9_000), null)
  assert.equal(longestSilenceMs([100, 4_000], 0, 5_000), 3_900)
})
