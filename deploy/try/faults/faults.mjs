// Breaks a small cluster on purpose, on loopback: three nodes behind HAProxy over a PostgreSQL of its own, under displays and writes.
//   node deploy/try/faults/faults.mjs [--yimatong PATH] [--out FOLDER] [FAULT ...]      (all faults: about 6 minutes; exit 1 when a check failed)
// Needs HAProxy, openssl, PostgreSQL 15 and the Debian package faketime (`make setup`); root for the fault full-disk.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { count } from './checker.mjs'
import { Cluster, NODES } from './cluster.mjs'
import { FAULTS } from './list.mjs'
import { Processes } from './processes.mjs'
import { say, table } from './report.mjs'
import { judged, setUp, tryFault } from './run.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { yimatong: { type: 'string', default: 'target/release/yimatong' }, out: { type: 'string', default: 'target/faults' } },
})
const names = positionals.length > 0 ? positionals : Object.keys(FAULTS)
const unknown = names.find((name) => !(name in FAULTS))
if (unknown) {
  console.error(`there is no fault "${unknown}"; there are ${Object.keys(FAULTS).join(', ')}`)
  process.exit(2)
}

async function main(cluster) {
  await cluster.make()
  const run = await setUp(cluster)
  const results = []
  for (const name of names) {
    results.push(await tryFault(run, name, FAULTS[name]))
    say(results.at(-1))
  }
  const wrong = await judged(run, 0)
  run.phones.stop()
  results.push({ name: 'end', title: 'at the end, every write of the run looked up once more', wrong, writes: count(run.history.entries), failures: wrong.length > 0 ? [`${wrong.length} writes lost, doubled or changed`] : [] })
  run.history.write(join(values.out, 'history.ndjson'))
  return results
}

mkdirSync(values.out, { recursive: true })
const work = mkdtempSync('/dev/shm/yimatong-faults-')
chmodSync(work, 0o755) // PostgreSQL runs as another user
const cluster = new Cluster(new Processes(values.out), work, values.yimatong)
const began = Date.now()
let isOver = false
async function over(exit) {
  if (isOver) return
  isOver = true
  await cluster.end()
  rmSync(work, { recursive: true, force: true })
  process.exit(exit)
}
process.once('uncaughtException', (error) => (console.error(error), over(1)))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => over(1))
try {
  const results = await main(cluster)
  say(results.at(-1))
  writeFileSync(join(values.out, 'faults.json'), JSON.stringify({ tookS: (Date.now() - began) / 1_000, nodes: NODES, results }, null, 2))
  const failed = results.filter(({ failures }) => failures.length > 0)
  table(results)
  console.log(`\n${failed.length} of ${results.length} failed, ${((Date.now() - began) / 1_000).toFixed(0)} s; ${values.out}/faults.json, history and logs beside it`)
  await over(failed.length > 0 ? 1 : 0)
} catch (error) {
  console.error(error)
  await over(1)
}
