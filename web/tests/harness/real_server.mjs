/// The real binary with a demo city in a folder of its own, for flows through everything.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The binary under test: `YIMATONG`, or the debug build of this repository. */
export const BINARY = process.env.YIMATONG ?? fileURLToPath(new URL('../../../target/debug/yimatong', import.meta.url))

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

/** Starts `yimatong serve --demo`; resolves when it says that it is ready. */
async function serve(data, port) {
  const child = spawn(BINARY, ['serve', '--demo', '--data', data, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  await new Promise((ready, failed) => {
    const hear = (chunk) => {
      said += chunk
      if (said.includes('ready on http')) ready()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', (code) => failed(new Error(`the server ended with ${code}:\n${said}`)))
    child.once('error', failed)
  })
  return child
}

/** A demo city. `kill` is a power cut, `restart` brings the same city back at the same address. */
export class DemoCity {
  static async start() {
    const city = new DemoCity()
    city.data = await mkdtemp(join(tmpdir(), 'yimatong-demo-'))
    city.port = await freePort()
    city.url = `http://127.0.0.1:${city.port}`
    city.child = await serve(city.data, city.port)
    return city
  }

  async kill() {
    if (!this.child) return
    this.child.removeAllListeners('exit')
    const ended = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await ended
    this.child = null
  }

  async restart() {
    this.child = await serve(this.data, this.port)
  }

  async remove() {
    await this.kill()
    await rm(this.data, { recursive: true, force: true })
  }

  /** A JSON request; throws on a refusal. */
  async call(method, path, { token, body } = {}) {
    const headers = { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) }
    const response = await fetch(this.url + path, { method, headers, body: body && JSON.stringify(body) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text ? JSON.parse(text) : null
  }

  /** Session token of the demo account with this role. */
  async logIn(role) {
    const { items } = await this.call('GET', '/v1/demo/accounts')
    const { name, password, totp } = items.find((account) => account.role === role)
    const { token } = await this.call('POST', '/v1/staff/sessions', { body: { name, password, totp } })
    return token
  }
}
