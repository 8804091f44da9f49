// What nodes and a database have used so far: processor time of their processes (proc(5)), transactions of the database.
import { readFileSync } from 'node:fs'
import { childrenOf } from '../../deploy/try/faults/processes.mjs'

const TICKS_PER_S = 100 // proc(5), USER_HZ

/** Seconds of a process and of its ended children. */
function busyS(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_S
}

/** Of a process and those it has started. */
function busyWithChildrenS(pid) {
  return [pid, ...childrenOf(pid)].reduce((sum, of) => {
    try {
      return sum + busyS(of)
    } catch {
      return sum // it has ended meanwhile, and is in its parent's time
    }
  }, 0)
}

/** Processor time so far, in seconds. */
export function processorS(processes, nodes) {
  return { nodesS: nodes.reduce((sum, node) => sum + busyS(processes.pid(node)), 0), databaseS: busyWithChildrenS(processes.pid('postgres')) }
}

/** Counts so far. The database's own counter is up to a second behind. */
export async function usage(processes, database, nodes, url) {
  const [{ transactions }] = await database.sql("SELECT xact_commit + xact_rollback AS transactions FROM pg_stat_database WHERE datname = current_database()", url)
  return { atS: performance.now() / 1_000, transactions, ...processorS(processes, nodes) }
}

/** Per second between two counts. */
export function perS(before, after) {
  const seconds = after.atS - before.atS
  return Object.fromEntries(['nodesS', 'databaseS', 'transactions'].map((what) => [what, (after[what] - before[what]) / seconds]))
}
