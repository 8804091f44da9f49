// Nodes over one PostgreSQL: what each costs without load, that displays and gate checks ask no database, and how soon a node
// has heard of changes that came to another one all at once. One JSON line for each figure; exit 1 when a limit is missed.
//   node scripts/bench-nodes/main.mjs [--yimatong PATH] [--people 200000] [--idle-s 30]     (needs PostgreSQL 15 and wrk: `make setup`)
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Database } from '../../deploy/try/faults/database.mjs'
import { Processes, until } from '../../deploy/try/faults/processes.mjs'
import { get, signIn } from '../../deploy/try/phones.mjs'
import { changeEverybody } from './feed.mjs'
import { checksWithoutNetwork } from './gate.mjs'
import { perS, processorS, usage } from './usage.mjs'

const FIRST_PORT = 18600
const RESIDENT = '15400000001' // of the demo city
const DISPLAYS = 100_000
const ROUNDS = 5
const SETTLE_MS = 3_000

const { values } = parseArgs({
  options: { yimatong: { type: 'string', default: 'target/release/yimatong' }, people: { type: 'string', default: '200000' }, 'idle-s': { type: 'string', default: '30' } },
})
const { yimatong, people } = values
const idleMs = Number(values['idle-s']) * 1_000
let missed = 0

function figure(name, measured, unit, atMost = null) {
  const rounded = Math.abs(measured) < 10 ? Math.round(measured * 1_000) / 1_000 : Math.round(measured)
  const pass = atMost === null || rounded <= atMost
  if (!pass) missed++
  console.log(JSON.stringify({ figure: name, measured: rounded, unit, limit: atMost === null ? '' : `<= ${atMost}`, pass }))
}

const at = (place) => `http://127.0.0.1:${FIRST_PORT + 1 + place}`
const metric = async (url, name) => Number((await get(`${url}/metrics`)).body.split('\n').find((line) => line.startsWith(`${name} `)).split(' ')[1])

/** Starts a node in its own folder, with the keys of the first. */
async function startNode({ processes, work }, city, place, url, more) {
  const name = `${city}-${place}`
  const folder = join(work, name)
  if (place > 0) {
    mkdirSync(folder, { recursive: true })
    cpSync(join(work, `${city}-0/keys`), join(folder, 'keys'), { recursive: true })
  }
  processes.start(name, yimatong, ['serve', ...more, '--data', folder, '--store', url, '--listen', `127.0.0.1:${FIRST_PORT + 1 + place}`])
  await until(async () => (await get(`${at(place)}/readyz`).catch(() => ({}))).status === 200, 120_000, `${name} is ready`)
  return name
}

/** What so many nodes use without load, per second. */
async function idle({ processes, database }, nodes, url) {
  await pause(SETTLE_MS)
  const before = await usage(processes, database, nodes, url)
  await pause(idleMs)
  return perS(before, await usage(processes, database, nodes, url))
}

/** Shows codes as fast as one core of phones asks for them; answers how many, and the transactions of the meantime beyond the idle ones. */
async function displays({ processes, database }, nodes, url, idlePerS) {
  const token = await signIn(at(0), RESIDENT)
  const before = await usage(processes, database, nodes, url)
  let shown = 0
  while (shown < DISPLAYS) {
    const told = execFileSync('wrk', ['-t1', '-c64', '-d5s', '-H', `Authorization: Bearer ${token}`, `${at(0)}/v1/code`], { encoding: 'utf8' })
    if (/Non-2xx|Socket errors/.test(told)) throw new Error(`displays failed: ${told}`)
    shown += Number(/(\d+) requests in/.exec(told)[1])
  }
  await pause(SETTLE_MS)
  const after = await usage(processes, database, nodes, url)
  return { shown, beyond: after.transactions - before.transactions - idlePerS * (after.atS - before.atS) }
}

async function costOfNodes(run) {
  const url = run.database.url()
  const nodes = [await startNode(run, 'demo', 0, url, ['--demo'])]
  const one = await idle(run, nodes, url)
  const { shown, beyond } = await displays(run, nodes, url, one.transactions)
  figure(`store round trips of a display, by PostgreSQL's own counter (${shown} displays)`, Math.max(0, Math.round((beyond / shown) * 100) / 100), 'calls', 0)
  for (const place of [1, 2]) nodes.push(await startNode(run, 'demo', place, url, ['--demo']))
  const three = await idle(run, nodes, url)
  const each = (what) => (three[what] - one[what]) / 2
  figure('one node without load', one.nodesS * 60, 'CPU s/min')
  figure('the database of one node without load', one.databaseS * 60, 'CPU s/min')
  figure('transactions of one node without load', one.transactions, 'per s')
  figure('each further node without load', each('nodesS') * 60, 'CPU s/min')
  figure('the database for each further node without load', each('databaseS') * 60, 'CPU s/min')
  figure('transactions of each further node without load', each('transactions'), 'per s')
  for (const node of nodes) await run.processes.end(node)
}

async function propagation(run) {
  const url = run.database.url().replace(/postgres$/, 'large')
  await run.database.sql('CREATE DATABASE large')
  const folder = join(run.work, 'large-0')
  execFileSync(yimatong, ['demo-data', '--data', folder, '--store', url, '--people', people], { stdio: 'ignore' })
  const node = await startNode(run, 'large', 1, url, [])
  const startMs = Number(/took_ms=(\d+)/.exec(readFileSync(join(run.work, `${node}.log`), 'utf8'))[1])
  figure(`cold start of ${people} people from PostgreSQL`, Number(people) / (startMs / 1_000), 'people/s')
  const [took, busy] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    const { last, committedMs, busyS } = await changeEverybody(run.database, url, () => processorS(run.processes, [node]))
    await until(async () => (await metric(at(1), 'yimatong_registry_sequence')) >= last, 60_000, 'the node has all changes')
    took.push((performance.now() - committedMs) / 1_000)
    const after = processorS(run.processes, [node])
    busy.push(after.nodesS + after.databaseS - busyS.nodesS - busyS.databaseS)
    await pause(300 * round) // not in step with the node's clock
  }
  console.error(`propagation, seconds: ${took.map((s) => s.toFixed(2)).join(', ')}`)
  const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
  figure(`${people} changes at once are at another node after, median of ${ROUNDS}`, middle(took), 's', 2)
  figure(`${people} changes at once are at another node after, longest of ${ROUNDS}`, Math.max(...took), 's')
  figure('processor time for that, of node and database', middle(busy), 'CPU s')
  await run.processes.end(node)
}

const work = mkdtempSync(join(tmpdir(), 'yimatong-nodes-'))
chmodSync(work, 0o755) // PostgreSQL runs as another user
const processes = new Processes(work)
const run = { processes, work, database: new Database(processes, work, FIRST_PORT) }
try {
  figure('store round trips of a gate check (verified in a network without interfaces)', checksWithoutNetwork(yimatong, work) ? 0 : 1, 'calls', 0)
  await run.database.make({ hasOwnDisk: false })
  await costOfNodes(run)
  await propagation(run)
} finally {
  await processes.endAll()
  rmSync(work, { recursive: true, force: true })
}
process.exitCode = missed > 0 ? 1 : 0
