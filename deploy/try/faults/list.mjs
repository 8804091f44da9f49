// The faults: what is broken, for how long, and from when recovery counts. Each leaves the cluster whole.
import { setTimeout as pause } from 'node:timers/promises'
import { NODES, SMALL_DISK, fakeTime } from './cluster.mjs'
import { fillDisk, makeRoom } from './disk.mjs'
import { until } from './processes.mjs'

const FROZEN_MS = 30_000
const SKEW_S = 300
/** Writers of a surge, in times of a calm day. */
const SURGE = 10

const notRoot = ({ database }) => (database.hasOwnDisk ? null : 'only root can give it a small disk of its own')

async function again(cluster, node) {
  cluster.startNode(node)
  await cluster.untilReady(node)
}

/** Starts database and nodes together, as one machine or one operator would. */
async function startAll(cluster, sinceMs) {
  for (const node of NODES) cluster.startNode(node)
  const databaseUpMs = await cluster.database.start()
  for (const node of NODES) await cluster.untilReady(node)
  return { databaseUpMs, allReadyMs: Date.now() - sinceMs }
}

/**
 * By name: `does` breaks and mends, and answers {sinceMs} = when it was mended, or, where nobody has to mend anything, when it began, with `notes`.
 * `watchedMs`: how long it is watched afterwards, when 4 s are too short. `serverAway`: no node can be there for a while, so that only the code that phones hold is shown. `cannot` says why it can't be tried here, `judges` what is wrong by the notes.
 */
export const FAULTS = {
  'kill-node': {
    title: 'a node is killed (kill -9)',
    async does({ cluster }) {
      const sinceMs = Date.now()
      await cluster.processes.end('a', 'SIGKILL')
      await pause(4_000)
      const startedMs = Date.now()
      await again(cluster, 'a')
      return { sinceMs, notes: { readyAgainMs: Date.now() - startedMs } }
    },
  },
  'kill-database': {
    title: 'the database is killed (kill -9), started again after 5 s',
    async does({ cluster: { database } }) {
      await database.kill()
      await pause(5_000)
      const sinceMs = Date.now()
      return { sinceMs, notes: { databaseUpMs: await database.start() } }
    },
  },
  'freeze-database': {
    title: `the database is frozen (SIGSTOP) for ${FROZEN_MS / 1_000} s`,
    async does({ cluster: { database } }) {
      database.freeze()
      await pause(FROZEN_MS)
      database.thaw()
      return { sinceMs: Date.now() }
    },
  },
  'full-disk': {
    title: "the database's disk is full for 20 s",
    cannot: notRoot,
    async does({ cluster: { database } }) {
      database.fill()
      await pause(8_000)
      await database.useUpLog()
      await pause(12_000)
      const stands = database.isRunning
      database.makeRoom()
      const sinceMs = Date.now()
      return { sinceMs, notes: { databaseEnded: !stands, databaseUpMs: await database.start() } }
    },
  },
  'cut-node': {
    title: 'a node is cut from the database for 15 s',
    async does({ cluster }) {
      const sinceMs = Date.now()
      cluster.ways.b.cut()
      await pause(15_000)
      cluster.ways.b.mend()
      return { sinceMs }
    },
  },
  'one-way': {
    title: "the database's answers do not reach a node for 15 s; what it sends arrives",
    async does({ cluster }) {
      const sinceMs = Date.now()
      cluster.ways.b.cut('far')
      await pause(15_000)
      cluster.ways.b.mend()
      return { sinceMs }
    },
  },
  'full-node-disk': {
    title: "a node's own disk is full; it goes on, and is restarted so",
    cannot: notRoot,
    async does({ cluster }) {
      const sinceMs = Date.now()
      const said = cluster.logOf(SMALL_DISK).length
      fillDisk(cluster.dataOf(SMALL_DISK))
      await until(() => cluster.logOf(SMALL_DISK).slice(said).includes('the snapshot could not be written'), 30_000, 'the node says that it cannot write')
      await cluster.processes.end(SMALL_DISK)
      const startedMs = Date.now()
      await again(cluster, SMALL_DISK)
      const notes = { readyAgainMs: Date.now() - startedMs }
      makeRoom(cluster.dataOf(SMALL_DISK))
      return { sinceMs, notes }
    },
  },
  'skew-clock': {
    title: `a node's clock is ${SKEW_S / 60} min ahead for 12 s, then as much behind`,
    cannot: () => {
      try {
        return fakeTime() && null
      } catch (error) {
        return error.message
      }
    },
    async does({ cluster }) {
      const sinceMs = Date.now()
      const notes = {}
      for (const clockS of [SKEW_S, -SKEW_S, 0]) {
        await cluster.processes.end('c')
        cluster.startNode('c', clockS)
        await cluster.untilReady('c')
        if (clockS === 0) break
        await pause(12_000)
        const goesByS = Math.round(((await cluster.clockOf('c')) - Date.now()) / 1_000)
        notes[clockS > 0 ? 'ahead' : 'behind'] = { toldS: Math.round(await cluster.metric('c', 'clock_offset_seconds')), goesByS }
      }
      return { sinceMs, notes }
    },
    judges: ({ ahead, behind }) => [
      ...(ahead.toldS === SKEW_S && behind.toldS === -SKEW_S ? [] : ['the node did not tell that its clock is off']),
      ...(ahead.goesByS === 0 && behind.goesByS === 0 ? [] : ['the node did not go by the time of the database']),
    ],
  },
  replica: {
    title: 'the database is gone for good, and its synchronous replica takes over',
    cannot: ({ database }) => (database.hasTakenOver ? 'the replica has taken over already' : null),
    async does({ cluster: { database, ways } }) {
      await database.startReplica()
      await database.kill()
      const sinceMs = Date.now()
      await database.promote()
      const notes = { promotedMs: Date.now() - sinceMs }
      for (const way of Object.values(ways)) way.to = database.port
      return { sinceMs, notes }
    },
  },
  everything: {
    title: `database and nodes stop and start at once and the proxy is reloaded, with ${SURGE} times the writers`,
    watchedMs: 15_000,
    async does({ cluster, writers }) {
      writers.start(SURGE - 1)
      await pause(4_000)
      const ended = NODES.map((name) => cluster.processes.end(name)).concat(cluster.database.stop())
      await cluster.reloadProxy()
      await Promise.all(ended)
      const sinceMs = Date.now()
      return { sinceMs, notes: await startAll(cluster, sinceMs) }
    },
  },
  'power-cut': {
    title: `database, nodes and proxy are killed at once (kill -9) and start again, with ${SURGE} times the writers`,
    serverAway: true,
    watchedMs: 15_000,
    async does({ cluster, writers }) {
      writers.start(SURGE - 1)
      await pause(4_000)
      await Promise.all([...NODES, 'proxy'].map((name) => cluster.processes.end(name, 'SIGKILL')).concat(cluster.database.kill()))
      const sinceMs = Date.now()
      cluster.startProxy()
      return { sinceMs, notes: await startAll(cluster, sinceMs) }
    },
  },
}
