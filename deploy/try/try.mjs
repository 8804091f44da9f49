// Tries a proxy of this folder for real, on loopback: two demo nodes behind it, displays all the while, nodes killed, frozen, restarted.
//   node deploy/try/try.mjs haproxy|nginx [path of yimatong]        (needs the proxy and openssl; about 100 s; exit 1 when a display failed)
// The nodes are two demo cities with the same people and keys: the second folder is a copy of the first, so one session is good at both.
import { execFileSync, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { Phones, get, post, signIn, h2Version } from './phones.mjs'

const [kind, yimatong = 'target/release/yimatong'] = process.argv.slice(2)
const deploy = dirname(dirname(fileURLToPath(import.meta.url)))
const work = mkdtempSync(join(tmpdir(), 'yimatong-try-'))
const nodes = { a: 18081, b: 18082 }
const https = 18443
const running = {}
const url = `https://127.0.0.1:${https}`
const at = (node) => `http://127.0.0.1:${nodes[node]}`
const say = (what, value) => console.log(what.padEnd(58), typeof value === 'object' ? JSON.stringify(value) : value)

function start(name, command, args) {
  const log = openSync(join(work, `${name}.log`), 'a')
  running[name] = spawn(command, args, { stdio: ['ignore', log, log], env: { ...process.env, YIMATONG__SERVER__TRUSTED_PROXIES: '127.0.0.1' } })
}
const startNode = (node) => start(node, yimatong, ['serve', '--demo', '--data', join(work, node), '--listen', `127.0.0.1:${nodes[node]}`])

/** Waits until a condition holds, at most 30 s; answers after how many ms. */
async function until(holds) {
  const began = Date.now()
  while (!(await holds())) {
    if (Date.now() - began > 30_000) throw new Error('30 s over: ' + holds)
    await pause(50)
  }
  return Date.now() - began
}
const isReady = (node) => async () => (await get(`${at(node)}/readyz`).catch(() => ({}))).status === 200

async function stop(name, signal = 'SIGTERM') {
  const ended = new Promise((done) => running[name].once('exit', done))
  running[name].kill(signal)
  await ended
  delete running[name]
}

/** The file of this folder as it is, but for addresses, ports and paths that need root. */
function startProxy() {
  const changes = [
    ['10.0.0.11:8080', `127.0.0.1:${nodes.a}`], ['10.0.0.12:8080', `127.0.0.1:${nodes.b}`],
    ['bind :80', 'bind 127.0.0.1:18480'], ['bind :443', `bind 127.0.0.1:${https}`], ['listen 80;', 'listen 127.0.0.1:18480;'],
    ['listen 443', `listen 127.0.0.1:${https}`], ['/etc/haproxy/yimatong.pem', join(work, 'tls.pem')], ['/etc/nginx/yimatong.pem', join(work, 'tls.pem')],
    ['/run/haproxy', work], ['/run/nginx.pid', join(work, 'nginx.pid')], ['/var/log/nginx', work], ['/var/cache/nginx', work],
    // This machine gives a process 20,000 descriptors.
    ['maxconn 60000', 'maxconn 5000'], ['maxconn 18000', 'maxconn 2000'], ['worker_rlimit_nofile 131072;', ''], ['worker_connections 32768', 'worker_connections 4096'],
  ]
  const source = readFileSync(join(deploy, kind, kind === 'nginx' ? 'nginx.conf' : 'haproxy.cfg'), 'utf8')
  const config = join(work, kind)
  writeFileSync(config, changes.reduce((text, [from, to]) => text.replaceAll(from, to), source))
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', join(work, 'key.pem'), '-out', join(work, 'cert.pem')], { stdio: 'ignore' })
  writeFileSync(join(work, 'tls.pem'), readFileSync(join(work, 'cert.pem'), 'utf8') + readFileSync(join(work, 'key.pem'), 'utf8'))
  const [check, run] = kind === 'nginx' ? [['-t', '-q', '-c', config], ['-c', config, '-g', 'daemon off;']] : [['-c', '-q', '-f', config], ['-db', '-f', config]]
  execFileSync(kind, check, { stdio: 'inherit' })
  start('proxy', kind, run)
}

const requests = async (node, route) => {
  const { body } = await get(`${at(node)}/metrics`)
  const lines = body.split('\n').filter((line) => line.startsWith('yimatong_http_requests_total') && line.includes(`route="${route}"`))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

async function phase(phones, what, act) {
  phones.begin()
  const told = await act()
  await pause(3_000)
  say(what, { ...phones.end(), ...told })
}

async function rolling(takeOut) {
  for (const node of ['a', 'b']) {
    await takeOut(node)
    await stop(node)
    startNode(node)
    await until(isReady(node))
    await pause(kind === 'nginx' ? 6_000 : 4_000) // until the proxy has found it again
  }
}

/** What docs/ops.md tells for nginx: `down` behind the node's address (and nowhere else), then a reload. */
async function markDown(node) {
  const config = join(work, kind)
  const lines = readFileSync(config, 'utf8').replaceAll(' down;', ';').split('\n')
  writeFileSync(config, lines.map((line) => (line.includes(`server 127.0.0.1:${nodes[node]} `) ? line.replace(';', ' down;') : line)).join('\n'))
  running.proxy.kill('SIGHUP')
  await pause(2_000)
}

/** What docs/ops.md tells for HAProxy: the socket; the node is taken back by its checks after the restart. */
async function drain(node) {
  const tell = (line) => new Promise((done) => connect(join(work, 'admin.sock')).on('close', done).end(line + '\n').resume())
  for (const other of ['a', 'b']) await tell(`set server memory/${other} state ready`)
  await tell(`set server memory/${node} state drain`)
  const shown = await requests(node, '/v1/code')
  await pause(2_000)
  say(`  shown by ${node} in the 2 s after it was drained`, (await requests(node, '/v1/code')) - shown)
}

async function main() {
  startNode('a')
  await until(isReady('a'))
  const token = await signIn(at('a'), '15400000001')
  await stop('a')
  cpSync(join(work, 'a'), join(work, 'b'), { recursive: true })
  rmSync(join(work, 'b/lock'), { force: true })
  for (const node of ['a', 'b']) startNode(node)
  for (const node of ['a', 'b']) await until(isReady(node))
  startProxy()
  await until(async () => (await get(`${url}/readyz`).catch(() => ({}))).status === 200)
  await pause(2_500)

  say('code through the proxy', (await get(`${url}/v1/code`, token)).status)
  say('HTTP/2 to phones: status of now.json', await h2Version(url))
  say('/metrics through the proxy', (await get(`${url}/metrics`)).status)
  const before = (await requests('a', '/v1/room/now.json')) + (await requests('b', '/v1/room/now.json'))
  for (const end = Date.now() + 5_000; Date.now() < end; ) await get(`${url}/v1/room/now.json`)
  say('asked of the nodes for now.json in 5 s of asking', (await requests('a', '/v1/room/now.json')) + (await requests('b', '/v1/room/now.json')) - before)
  const posted = await Promise.all(Array.from({ length: 20 }, () => post(`${url}/v1/one-time-passwords`, { phone: 'x' })))
  say('20 POSTs that are refused (422), statuses', [...new Set(posted.map((answer) => answer.status))])

  const phones = new Phones(`${url}/v1/code`, token)
  await phase(phones, 'nothing happens', () => pause(2_000))
  await phase(phones, 'kill -9 of node a', () => stop('a', 'SIGKILL'))
  await phase(phones, 'node a comes back', async () => {
    startNode('a')
    const readyMs = await until(isReady('a'))
    const shown = await requests('a', '/v1/code')
    return { readyMs, usedAgainMs: readyMs + (await until(async () => (await requests('a', '/v1/code')) > shown)) }
  })
  await phase(phones, 'node b frozen (SIGSTOP) for 12 s', async () => {
    running.b.kill('SIGSTOP')
    await pause(12_000)
    running.b.kill('SIGCONT')
    await pause(4_000)
  })
  await phase(phones, 'rolling restart by SIGTERM alone', () => rolling(async () => {}))
  await phase(phones, 'rolling restart, node taken out by hand first', () => rolling(kind === 'nginx' ? markDown : drain))
  phones.stop()
  return phones.failed
}

let failed = 1
try {
  chmodSync(work, 0o755) // nginx runs as another user
  failed = await main()
} finally {
  for (const child of Object.values(running)) child.kill('SIGCONT') && child.kill('SIGTERM')
  say('failed displays in all', failed)
  console.log(`logs: ${work}`)
}
process.exit(failed ? 1 : 0)
