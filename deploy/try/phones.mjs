// Phones that show their code through a proxy, and the few requests that setting them up takes.
import { generateKeyPairSync } from 'node:crypto'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'

const PHONES = 16
const EVERY_MS = 50

const agents = new Map()
const agentOf = (url) => {
  const kind = url.startsWith('https') ? https : http
  if (!agents.has(kind)) agents.set(kind, new kind.Agent({ keepAlive: true, rejectUnauthorized: false }))
  return [kind, agents.get(kind)]
}

/** One request; `more` are further headers. */
export function ask(method, url, { token, json, agent, more, withinMs = 20_000 } = {}) {
  const [kind, shared] = agentOf(url)
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(json && { 'content-type': 'application/json' }), ...more }
  return new Promise((done, fail) => {
    const request = kind.request(url, { method, headers, agent: agent ?? shared, timeout: withinMs }, (answer) => {
      let body = ''
      answer.on('data', (part) => (body += part)).on('end', () => done({ status: answer.statusCode, headers: answer.headers, body }))
      answer.on('error', fail)
    })
    request.on('timeout', () => request.destroy(new Error('timeout')))
    request.on('error', (error) => fail(Object.assign(error, { ofKeptConnection: request.reusedSocket && error.code === 'ECONNRESET' })))
    request.end(json && JSON.stringify(json))
  })
}

export const get = (url, token) => ask('GET', url, { token })
export const post = (url, json) => ask('POST', url, { json })

/** Signs a resident of the demo city in on a new device; answers the session's token. */
export async function signIn(server, phone) {
  const { demoCode } = JSON.parse((await post(`${server}/v1/one-time-passwords`, { phone })).body)
  const { kty, crv, x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
  const opened = await post(`${server}/v1/devices`, { phone, oneTimePassword: demoCode, devicePublicKey: { kty, crv, x, y } })
  return JSON.parse(opened.body).session.token
}

/** Asks over HTTP/2; answers the status. */
export function h2Version(url) {
  const session = http2.connect(url, { rejectUnauthorized: false })
  return new Promise((done, fail) => {
    session.on('error', fail)
    session.request({ ':path': '/v1/room/now.json' }).on('response', (headers) => (session.close(), done(headers[':status']))).on('error', fail).end()
  })
}

/** Phones that each show their code twenty times a second, each over a connection of its own, half of them over a new one each time. */
export class Phones {
  failed = 0
  #on = true

  /** One session for all, or several that they take in turn. */
  constructor(url, sessions) {
    const tokens = [sessions].flat()
    this.begin()
    for (let phone = 0; phone < PHONES; phone++) this.#show(url, tokens[phone % tokens.length], phone % 2 === 0)
  }

  begin() {
    this.seen = { displays: 0, failed: 0, blank: 0, why: {}, sentAgain: 0, over1s: 0, longestMs: 0 }
  }

  end() {
    return this.seen
  }

  stop() {
    this.#on = false
  }

  async #show(url, token, keepAlive) {
    const agent = new https.Agent({ keepAlive, maxSockets: 1, rejectUnauthorized: false })
    let holdsCode = false // good for a day: the page goes on showing it
    while (this.#on) {
      const began = Date.now()
      const show = () => ask('GET', url, { token, agent })
      const why = await show().catch((error) => this.#again(error, show)).then(
        (answer) => (answer.status === 200 ? null : answer.status),
        (error) => error.code ?? error.message,
      )
      const took = Date.now() - began
      this.seen.displays++
      holdsCode ||= why === null
      if (!holdsCode) this.seen.blank++
      if (why !== null) {
        this.failed++
        this.seen.failed++
        this.seen.why[why] = (this.seen.why[why] ?? 0) + 1
      }
      this.seen.longestMs = Math.max(this.seen.longestMs, took)
      if (took > 1_000) this.seen.over1s++
      await pause(EVERY_MS)
    }
  }
  /** As browsers do: a GET over a kept connection that the other side was just closing is sent once more, over a new one. */
  #again(error, show) {
    if (!error.ofKeptConnection) throw error
    this.seen.sentAgain++
    return show()
  }
}
