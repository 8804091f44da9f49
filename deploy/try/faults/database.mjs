// A private PostgreSQL on the loopback, on a small disk of its own, that can be killed, frozen and filled up.
import { execFile } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { fillDisk, makeRoom, mountDisk, unmountDisk } from './disk.mjs'
import { childrenOf, until } from './processes.mjs'

const run = promisify(execFile)
const DEBIAN = '/usr/lib/postgresql'
const OLDEST = 15
const DISK_MB = 768

function folderOfBinaries() {
  if (process.env.YIMATONG_POSTGRES_BIN) return process.env.YIMATONG_POSTGRES_BIN
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map(Number).filter((version) => version >= OLDEST) : []
  const newest = versions.sort((a, b) => b - a).map((version) => join(DEBIAN, String(version), 'bin')).find((bin) => existsSync(join(bin, 'postgres')))
  if (!newest) throw new Error(`PostgreSQL ${OLDEST} or newer is not installed: run \`make setup\`, or set YIMATONG_POSTGRES_BIN`)
  return newest
}

/** PostgreSQL refuses to run as root: then it is the user postgres, else nobody. */
function otherUser() {
  if (process.getuid() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'))
  const [, , uid, gid] = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  return { uid: Number(uid), gid: Number(gid) }
}

export class Database {
  #bin = folderOfBinaries()
  #user = otherUser()
  #mounted = false
  /** The server that takes writes: so its process and its folder are called. */
  #server = 'primary'

  /** The port after `port` is the replica's. */
  constructor(processes, work, port) {
    Object.assign(this, { processes, port, replicaPort: port + 1, disk: join(work, 'disk') })
  }

  url(port = this.port) {
    return `postgres://city@127.0.0.1:${port}/postgres`
  }

  /** Only root can give it a disk that is small enough to be filled. */
  get hasOwnDisk() {
    return this.#mounted
  }

  /** Has the replica taken over? */
  get hasTakenOver() {
    return this.#server === 'replica'
  }

  get isRunning() {
    return this.processes.isRunning(this.#server)
  }

  get #as() {
    return this.#user ? ['--reuid', this.#user.uid, '--regid', this.#user.gid, '--clear-groups'].map(String) : []
  }

  /** `hasOwnDisk`: on a small one in memory, where root makes it. */
  async make({ hasOwnDisk = true } = {}) {
    mkdirSync(this.disk)
    if (this.#user && !hasOwnDisk) chownSync(this.disk, this.#user.uid, this.#user.gid)
    if (this.#user && hasOwnDisk) {
      mountDisk(this.disk, DISK_MB)
      this.#mounted = true
      chownSync(this.disk, this.#user.uid, this.#user.gid)
    }
    const initdb = [join(this.#bin, 'initdb'), '--pgdata', join(this.disk, 'primary'), '--auth=trust', '--username=city', '--encoding=UTF8', '--no-locale', '--no-sync']
    await run('setpriv', ['--pdeathsig', 'KILL', ...this.#as, ...initdb])
    await this.start()
  }

  /** Starts it and waits until it answers. What a killed server has left running may take a moment to end: it is tried again. */
  async start(withinMs = 60_000) {
    return this.#startServer(this.#server, this.port, withinMs)
  }

  #startServer(server, port, withinMs = 60_000) {
    const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'max_connections=200', 'shared_buffers=64MB', 'dynamic_shared_memory_type=mmap', 'max_wal_size=128MB', 'min_wal_size=64MB']
    return until(async () => {
      if (!this.processes.isRunning(server)) {
        this.processes.start(server, join(this.#bin, 'postgres'), ['-D', join(this.disk, server), ...settings.flatMap((setting) => ['-c', setting])], { as: this.#as })
      }
      return this.sql('SELECT 1', port).then(() => true, () => pause(200))
    }, withinMs, 'PostgreSQL answers')
  }

  /** Starts a replica that has every commit before it is answered. */
  async startReplica() {
    const backup = ['--pgdata', join(this.disk, 'replica'), '--dbname', this.url(), '--wal-method=stream', '--checkpoint=fast', '--write-recovery-conf', '--no-sync']
    await run('setpriv', ['--pdeathsig', 'KILL', ...this.#as, join(this.#bin, 'pg_basebackup'), ...backup])
    await this.#startServer('replica', this.replicaPort)
    await this.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
    await this.sql('SELECT pg_reload_conf()')
    await until(async () => (await this.sql("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")).length > 0, 10_000, 'the replica is synchronous')
  }

  /** The replica takes over from a server that is gone for good. */
  async promote() {
    await this.sql('SELECT pg_promote()', this.replicaPort)
    rmSync(join(this.disk, this.#server), { recursive: true })
    Object.assign(this, { port: this.replicaPort, replicaPort: this.port })
    this.#server = 'replica'
  }

  /** Runs a statement; answers its rows. */
  async sql(statement, at = this.port) {
    const url = typeof at === 'number' ? this.url(at) : at
    const query = /^(SELECT|WITH)/.test(statement) ? `SELECT coalesce(json_agg(t), '[]') FROM (${statement}) t` : statement
    const args = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set', 'ON_ERROR_STOP=1', '--command', query, url]
    const { stdout } = await run(join(this.#bin, 'psql'), args, { maxBuffer: 1 << 30, env: { ...process.env, PGCONNECT_TIMEOUT: '2' } })
    return stdout.trim() ? JSON.parse(stdout) : []
  }

  kill() {
    return this.processes.end(this.#server, 'SIGKILL')
  }

  stop() {
    return this.processes.end(this.#server, 'SIGINT')
  }

  #everyProcess(signal) {
    const main = this.processes.pid(this.#server)
    for (const pid of [main, ...childrenOf(main)]) {
      try {
        process.kill(pid, signal)
      } catch (error) {
        if (error.code !== 'ESRCH') throw error // a connection has just ended
      }
    }
  }

  freeze() {
    this.#everyProcess('SIGSTOP')
  }

  thaw() {
    this.#everyProcess('SIGCONT')
  }

  /** Fills the disk to the last byte. */
  fill() {
    fillDisk(this.disk)
  }

  /** Uses up the log files that are there already, so that the next one needs room; answers whether the server is still there. */
  async useUpLog() {
    for (let n = 0; n < 40 && this.isRunning; n++) {
      if (!(await this.sql("SELECT pg_switch_wal(), pg_logical_emit_message(true, 'faults', 'x')").catch(() => false))) break
    }
    return this.isRunning
  }

  makeRoom() {
    makeRoom(this.disk)
  }

  remove() {
    if (this.#mounted) unmountDisk(this.disk)
  }
}
