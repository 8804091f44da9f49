// One run: the calm, then fault after fault under displays and writes; after each the history is checked against what is stored.
import { setTimeout as pause } from 'node:timers/promises'
import { get, Phones } from '../phones.mjs'
import { check, count } from './checker.mjs'
import { Client } from './client.mjs'
import { NODES } from './cluster.mjs'
import { History, longestSilenceMs, recoveryMs } from './history.mjs'
import { noteBefore, readStored } from './stored.mjs'
import { Writers } from './writers.mjs'

const CALM_MS = 6_000
const RECOVERY_WITHIN_MS = 60_000
/** So long it is watched at least. */
const WATCHED_MS = 4_000
const AGREE_WITHIN_MS = 10_000
const KNOWN = 40
export const FEWEST_SHOWN = 0.999

async function signIn(client, url, role) {
  const { items } = JSON.parse((await get(`${url}/v1/demo/accounts`)).body)
  const { name, password, totp } = items.find((account) => account.role === role)
  return (await client.read('POST', '/v1/staff/sessions', { name, password, totp })).body.token
}

/** Staff, a venue, people and phones. */
export async function setUp(cluster) {
  const history = new History()
  const client = new Client(cluster.url, history)
  const staff = {}
  for (const role of ['verifier', 'lab', 'community-worker']) staff[role] = await signIn(client, cluster.url, role)
  const venue = await client.read('POST', '/v1/venues', { name: '大雁塔地铁站', type: 'metro', districtCode: 610113 }, staff['community-worker'])
  await noteBefore(cluster.database)
  const writers = new Writers(cluster.url, history, staff, venue.body.id)
  await writers.setUp(KNOWN)
  const phones = new Phones(`${cluster.url}/v1/code`, writers.people.map(({ token }) => token))
  return { cluster, history, writers, phones }
}

/** How long the registries took until each had reached the number of the database's last change; null = not within 10 s. */
async function agreeMs({ cluster }) {
  const began = Date.now()
  const [{ last }] = await cluster.database.sql("SELECT next - 1 AS last FROM sequence WHERE name = 'change'")
  for (; Date.now() - began < AGREE_WITHIN_MS; await pause(100)) {
    const reached = await cluster.sequences().catch(() => ({}))
    if (NODES.every((node) => reached[node] >= last)) return Date.now() - began
  }
  return null
}

/** The checker's findings, with all look-ups from entry `since` on. */
export async function judged({ cluster, history, writers }, since) {
  return check(history.entries, await readStored(cluster, history, writers, since))
}

/** Acknowledged writes per second in a calm time, under the same load. */
async function calm({ history }) {
  const fromMs = Date.now()
  await pause(CALM_MS)
  return history.acknowledged(fromMs, Date.now()).length / (CALM_MS / 1_000)
}

async function untilRecovered({ history }, calmPerS, beganMs, sinceMs, watchedMs = WATCHED_MS) {
  for (;;) {
    await pause(500)
    const now = Date.now()
    const answeredAt = history.acknowledged(beganMs, now).map((entry) => entry.answeredAt)
    const recovered = recoveryMs(answeredAt, calmPerS, sinceMs, now)
    if ((recovered !== null && now - sinceMs > watchedMs) || now - sinceMs > RECOVERY_WITHIN_MS) {
      return { recoveryMs: recovered, longestSilenceMs: longestSilenceMs(answeredAt, beganMs, now) }
    }
  }
}

/** Breaks one thing and judges what came of it. */
export async function tryFault(run, name, fault) {
  const cannot = fault.cannot?.(run.cluster)
  if (cannot) return { name, title: fault.title, failures: [`not tried: ${cannot}`] }
  const { history, writers, phones, cluster } = run
  const since = history.entries.length
  writers.start()
  await pause(1_500)
  const calmPerS = await calm(run)
  phones.begin()
  writers.newcomers = {}
  const beganMs = Date.now()
  const { sinceMs, notes } = await fault.does(run)
  const recovered = await untilRecovered(run, calmPerS, beganMs, sinceMs, fault.watchedMs)
  await writers.stop()
  for (const node of NODES) await cluster.untilReady(node)
  const displays = structuredClone(phones.end()) // they go on
  const registriesAgreeMs = await agreeMs(run)
  const wrong = await judged(run, since)
  const result = { name, title: fault.title, calmPerS, ...recovered, displays, newcomers: structuredClone(writers.newcomers), registriesAgreeMs, notes, writes: count(history.entries.slice(since)), wrong }
  return { ...result, ...shares(result), failures: failuresOf(result, fault) }
}

/** Displays of phones, and the first ones of people who have just registered, who hold the code that came with the answer. */
function shares({ displays: { displays, failed, blank }, newcomers }) {
  const first = Object.values(newcomers).reduce((sum, times) => sum + times, 0)
  const all = displays + first
  return { shownByServer: 1 - (failed + first - (newcomers[200] ?? 0)) / all, shown: 1 - blank / all }
}

function failuresOf({ displays, newcomers, recoveryMs: recovered, registriesAgreeMs, notes, writes, wrong }, { serverAway, judges }) {
  const { shown, shownByServer } = shares({ displays, newcomers })
  const signedOut = (newcomers[401] ?? 0) + (newcomers[404] ?? 0)
  return [
    ...(signedOut > 0 ? [`${signedOut} people who had just registered were told that they are not`] : []),
    ...(shown < FEWEST_SHOWN ? [`only ${(shown * 100).toFixed(2)} % of displays`] : []),
    ...(!serverAway && shownByServer < FEWEST_SHOWN ? [`only ${(shownByServer * 100).toFixed(2)} % of displays came from the server`] : []),
    ...(recovered === null ? [`writes are not as before within ${RECOVERY_WITHIN_MS / 1_000} s`] : []),
    ...(registriesAgreeMs === null ? [`the registries do not agree with the database within ${AGREE_WITHIN_MS / 1_000} s`] : []),
    ...(writes.refused + writes.refusedRows > 0 ? [`${writes.refused} writes and ${writes.refusedRows} rows were refused for good`] : []),
    ...(judges ? judges(notes) : []),
    ...(wrong.length > 0 ? [`${wrong.length} writes lost, doubled or changed`] : []),
  ]
}
