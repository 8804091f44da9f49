/// The real binary with a demo city, its command line, and what staff do through the API.
import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The binary under test; `make test` says which. */
export const BINARY = process.env.YIMATONG ?? fileURLToPath(new URL('../../../target/debug/yimatong', import.meta.url))
const READY_WITHIN_MS = 60_000
const POLL_MS = 200

const pause = (ms) => new Promise((done) => setTimeout(done, ms))

async function freePort() {
  const probe = createServer()
  await new Promise((done) => probe.listen(0, '127.0.0.1', done))
  const { port } = probe.address()
  await new Promise((done) => probe.close(done))
  return port
}

process.once('SIGTERM', () => process.exit(1))

/**
 * Starts `serve --demo` on a folder of its own. Answers {url, folder, stop, restart}; `kill` is a power cut, `restart`
 * brings the same city back at the same address. `more` are further arguments, such as those of a drill.
 */
export async function startCity(folder, port = 0, more = []) {
  port ||= await freePort()
  const url = `http://127.0.0.1:${port}`
  const args = ['serve', '--demo', '--data', join(folder, 'data'), '--listen', `127.0.0.1:${port}`, ...more]
  const child = spawn(BINARY, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: folder })
  // A run that is broken off takes its servers along.
  process.once('exit', () => child.kill('SIGKILL'))
  const ended = new Promise((done) => child.once('exit', done))
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await fetch(`${url}/readyz`).then(({ ok }) => ok, () => false))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${BINARY} did not become ready`)
    await pause(POLL_MS)
  }
  const end = (signal) => async () => {
    child.kill(signal)
    await ended
  }
  return { url, folder, stop: end('SIGTERM'), kill: end('SIGKILL'), restart: () => startCity(folder, port, more) }
}

/** Downloads what a gate keeps. Answers the arguments of `yimatong verify`. */
export async function gateFiles({ url, folder }) {
  const keys = join(folder, 'keys.json')
  await writeFile(keys, Buffer.from(await (await fetch(`${url}/.well-known/jwks.json`)).arrayBuffer()))
  const { status_lists: lists } = await (await fetch(`${url}/v1/status-lists`)).json()
  const statuses = []
  for (const [n, list] of lists.entries()) {
    const path = join(folder, `list-${n}.cwt`)
    await writeFile(path, Buffer.from(await (await fetch(list)).arrayBuffer()))
    statuses.push('--status', path)
  }
  return ['--keys', keys, ...statuses]
}

/** `yimatong verify --json`: {exit, verdict}. `atMs` judges at another moment. */
export function verifyOnCommandLine(text, files, atMs) {
  const at = atMs ? ['--at', new Date(atMs).toISOString()] : []
  const { status, stdout } = spawnSync(BINARY, ['verify', text, '--json', ...files, ...at])
  return { exit: status, verdict: JSON.parse(stdout.toString()) }
}

async function answer(response) {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return response.json()
}

/** Signs the demo account of a role in. Answers a function that posts as this account. */
export async function staffOf({ url }, role) {
  const { items } = await answer(await fetch(`${url}/v1/demo/accounts`))
  const { name, password, totp } = items.find((account) => account.role === role)
  const post = async (path, body, token) => {
    const headers = { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) }
    return answer(await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) }))
  }
  const { token } = await post('/v1/staff/sessions', { name, password, totp })
  return (path, body) => post(path, body, token)
}

/** A result of a pooled tube for one person, sampled two hours ago. */
export function pooledResult(number, outcome) {
  const ago = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString()
  const times = { sampled: ago(2), received: ago(1), reported: ago(0) }
  const how = { outcome, tube: 'pooled', method: 'naat', institution: '西安市第三医院' }
  return { id: randomUUID(), document: { kind: 'resident-id', number }, ...times, ...how }
}

/** Asks `check` until it answers something, at most `withinMs`; answers it with the time it took. */
export async function within(withinMs, check) {
  const start = Date.now()
  for (;;) {
    const found = await check()
    if (found) return { found, tookMs: Date.now() - start }
    if (Date.now() - start > withinMs) throw new Error(`nothing within ${withinMs} ms`)
    await pause(POLL_MS)
  }
}
