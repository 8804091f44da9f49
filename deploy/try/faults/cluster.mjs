// Three nodes with the same keys, each with a data folder and a way to the database of its own, behind HAProxy.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { get } from '../phones.mjs'
import { Database } from './database.mjs'
import { mountDisk, unmountDisk } from './disk.mjs'
import { until } from './processes.mjs'
import { Way } from './way.mjs'

const DEPLOY = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const FIRST_PORT = 18500
export const NODES = ['a', 'b', 'c']
/** The node with a small disk of its own, and its size. */
export const SMALL_DISK = 'c'
const DISK_MB = 64

export class Cluster {
  ways = {}

  constructor(processes, work, yimatong) {
    Object.assign(this, { processes, work, yimatong, url: `https://127.0.0.1:${FIRST_PORT + 43}` })
    this.database = new Database(processes, work, FIRST_PORT)
  }

  #port(node, of) {
    return FIRST_PORT + of + NODES.indexOf(node)
  }

  at(node) {
    return `http://127.0.0.1:${this.#port(node, 10)}`
  }

  /** The first node makes the demo city in the empty database; the others get its keys, and its accounts, which lie there too. */
  async make() {
    await this.database.make()
    for (const node of NODES) this.ways[node] = await new Way().open(this.#port(node, 20), this.database.port)
    this.startNode('a')
    await this.untilReady('a')
    for (const node of ['b', 'c']) {
      mkdirSync(this.dataOf(node))
      if (node === SMALL_DISK && this.database.hasOwnDisk) mountDisk(this.dataOf(node), DISK_MB)
      cpSync(join(this.work, 'a/keys'), join(this.work, node, 'keys'), { recursive: true })
      this.startNode(node)
    }
    for (const node of NODES) await this.untilReady(node)
    this.#writeProxy()
    this.startProxy()
    await this.untilProxy()
  }

  /** `clockS` is how far its clock is ahead, in seconds. Only the wall clock: how long something takes stays true. */
  startNode(node, clockS = 0) {
    const env = { YIMATONG__SERVER__TRUSTED_PROXIES: '127.0.0.1', YIMATONG__SERVER__NODE: node, YIMATONG__REGISTRY__SNAPSHOT_EVERY_S: '10' }
    // The node's own way to the database, and where a replica would take over.
    const store = `postgres://city@127.0.0.1:${this.#port(node, 20)},127.0.0.1:${FIRST_PORT + 1}/postgres?target_session_attrs=read-write`
    const args = ['serve', '--demo', '--data', this.dataOf(node), '--store', store, '--listen', `127.0.0.1:${this.#port(node, 10)}`]
    if (clockS === 0) return this.processes.start(node, this.yimatong, args, { env })
    const skew = { LD_PRELOAD: fakeTime(), FAKETIME: `${clockS > 0 ? '+' : ''}${clockS}s`, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' }
    return this.processes.start(node, 'env', [...Object.entries(skew).map((pair) => pair.join('=')), this.yimatong, ...args], { env })
  }

  /** As a service manager does: a node that ends by itself is started again. */
  async untilReady(node, withinMs = 60_000) {
    return until(async () => {
      if (!this.processes.isRunning(node)) this.startNode(node)
      return (await get(`${this.at(node)}/readyz`).catch(() => ({}))).status === 200
    }, withinMs, `node ${node} is ready`)
  }

  startProxy() {
    this.processes.start('proxy', 'haproxy', ['-db', '-f', join(this.work, 'haproxy.cfg')])
  }

  /** As a reload does: the new process takes the listening sockets over, the old one finishes what it has begun. */
  async reloadProxy() {
    const old = this.processes.release('proxy')
    this.processes.start('proxy', 'haproxy', ['-db', '-f', join(this.work, 'haproxy.cfg'), '-x', join(this.work, 'admin.sock'), '-sf', String(old)])
    await until(async () => (await get(`http://127.0.0.1:${FIRST_PORT + 44}/metrics`).catch(() => ({}))).status === 200, 10_000, 'HAProxy is reloaded')
  }

  /** What a node has written to its log. */
  logOf(node) {
    return readFileSync(join(this.processes.logs, `${node}.log`), 'utf8')
  }

  dataOf(node) {
    return join(this.work, node)
  }

  /** Until it has found all three nodes. */
  untilProxy() {
    return until(async () => {
      const { body = '' } = await get(`http://127.0.0.1:${FIRST_PORT + 44}/;csv`).catch(() => ({}))
      return body.split('\n').filter((line) => /^memory,[abc],/.test(line) && line.split(',')[17] === 'UP').length === NODES.length
    }, 30_000, 'HAProxy uses all nodes')
  }

  /** The file of the deploy folder as it is, but for addresses, a third node, and what needs root or more descriptors. */
  #writeProxy() {
    const source = readFileSync(join(DEPLOY, 'haproxy/haproxy.cfg'), 'utf8')
    const address = (node) => `127.0.0.1:${this.#port(node, 10)}`
    const changes = [
      [/^( *server) b 10\.0\.0\.12:8080(.*)$/gm, (line, server, rest) => `${line}\n${server} c ${address('c')}${rest.replace('memory/b', 'memory/c')}`],
      [/10\.0\.0\.11:8080/g, address('a')], [/10\.0\.0\.12:8080/g, address('b')],
      ['bind :80', `bind 127.0.0.1:${FIRST_PORT + 42}`], ['bind :443', `bind 127.0.0.1:${FIRST_PORT + 43}`], ['bind 127.0.0.1:8404', `bind 127.0.0.1:${FIRST_PORT + 44}`],
      ['/etc/haproxy/yimatong.pem', join(this.work, 'tls.pem')], ['/run/haproxy', this.work],
      ['maxconn 60000', 'maxconn 5000'], [/maxconn 18000/g, 'maxconn 2000'],
      [/^ *(user|group) haproxy$/gm, ''], // who changes the user is not ended with the script
    ]
    writeFileSync(join(this.work, 'haproxy.cfg'), changes.reduce((text, [from, to]) => text.replace(from, to), source))
    const files = ['-keyout', join(this.work, 'key.pem'), '-out', join(this.work, 'cert.pem')]
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost', ...files], { stdio: 'ignore' })
    writeFileSync(join(this.work, 'tls.pem'), readFileSync(join(this.work, 'cert.pem'), 'utf8') + readFileSync(join(this.work, 'key.pem'), 'utf8'))
    execFileSync('haproxy', ['-c', '-q', '-f', join(this.work, 'haproxy.cfg')], { stdio: 'inherit' })
  }

  /** What a node takes for the time, in ms. */
  async clockOf(node) {
    return new Date(JSON.parse((await get(`${this.at(node)}/v1/server`)).body).time).getTime()
  }

  async metric(node, name) {
    const { body } = await get(`${this.at(node)}/metrics`)
    return Number(body.split('\n').find((line) => line.startsWith(`yimatong_${name} `)).split(' ')[1])
  }

  /** Change numbers that the registries of the nodes have reached, by node. */
  async sequences() {
    return Object.fromEntries(await Promise.all(NODES.map(async (node) => [node, await this.metric(node, 'registry_sequence')])))
  }

  async end() {
    for (const way of Object.values(this.ways)) way.close()
    await this.processes.endAll()
    if (this.database.hasOwnDisk) unmountDisk(this.dataOf(SMALL_DISK))
    this.database.remove()
  }
}

/** The library of the Debian package faketime. */
export function fakeTime() {
  const listed = execFileSync('sh', ['-c', 'ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null || true'], { encoding: 'utf8' }).trim()
  if (!listed) throw new Error('libfaketime.so.1 is missing: run `make setup`, or install the Debian package faketime')
  return listed.split('\n')[0]
}
