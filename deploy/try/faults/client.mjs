// One client: sends a write with its key until it is acknowledged, refused for good, or given up, and keeps to the rules of the waiting room.
import { randomUUID } from 'node:crypto'
import https from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { ask } from '../phones.mjs'

const GIVES_UP_AFTER_MS = 75_000
/** So many of those whose first try was not answered are never sent again: what becomes of them is not known. */
const LEAVES = 0.05
const ANSWER_WITHIN_MS = 12_000
const isFinal = (status) => status >= 400 && status < 500 && status !== 429 && status !== 408

export class Client {
  static #next = 0
  #ticket = null
  #pass = null

  constructor(url, history) {
    const number = Client.#next++
    // An address of its own, as a phone or gate has: limits count by address.
    const localAddress = `127.1.${1 + Math.floor(number / 200)}.${1 + (number % 200)}`
    Object.assign(this, { url, history, device: randomUUID(), agent: new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, localAddress }) })
  }

  /** A new person comes: another device, no ticket yet. */
  asAnother() {
    Object.assign(this, { device: randomUUID() })
    this.#ticket = this.#pass = null
  }

  /** One try; answers {status, body} or throws. */
  async #try(method, path, json, { token, key, attempt = 1 } = {}) {
    const more = {
      'yimatong-device': this.device, 'yimatong-attempt': String(Math.min(attempt, 3)),
      ...(key && { 'idempotency-key': key }), ...(this.#ticket && { 'yimatong-ticket': this.#ticket }), ...(this.#pass && { 'yimatong-pass': this.#pass }),
    }
    const answer = await ask(method, this.url + path, { token, json, agent: this.agent, more, withinMs: ANSWER_WITHIN_MS })
    const body = answer.body && /json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(answer.body) : {}
    if (answer.status === 429 && body.ticket) this.#ticket = body.ticket
    if (answer.headers['yimatong-pass']) this.#pass = answer.headers['yimatong-pass']
    return { status: answer.status, body, waitS: body.placeAfterS ?? Number(answer.headers['retry-after'] ?? 0) }
  }

  /** What nothing is kept of: repeated until it is answered. Answers the last answer, or null. */
  async read(method, path, json, token, withinMs = GIVES_UP_AFTER_MS) {
    const until = Date.now() + withinMs
    for (let attempt = 1; Date.now() < until; attempt++) {
      const answer = await this.#try(method, path, json, { token, attempt }).catch(() => null)
      if (answer && (answer.status < 400 || isFinal(answer.status))) return answer
      await this.#wait(answer, attempt)
    }
    return null
  }

  /** One try of a display, over a kept connection that was just closing a second one, as browsers do; answers its status, or the error. */
  once(path, token) {
    const show = () => this.#try('GET', path, undefined, { token })
    const shown = show().catch((error) => (error.ofKeptConnection ? show() : Promise.reject(error)))
    return shown.then(({ status }) => status, (error) => error.code ?? error.message)
  }

  /** A write of the history. Answers its entry. */
  async write(kind, path, json, content, token) {
    const entry = this.history.begin(kind, content)
    const leaves = Math.random() < LEAVES
    for (let attempt = 1; ; attempt++) {
      entry.sentAt.push(Date.now())
      const answer = await this.#try('POST', path, json, { token, key: entry.key, attempt }).catch((error) => ({ error: error.code ?? error.message }))
      entry.answers.push(answer.error ?? answer.status)
      entry.answeredAt = Date.now()
      if (answer.status < 300) return Object.assign(entry, { outcome: 'acknowledged', told: answer.body })
      if (isFinal(answer.status)) return Object.assign(entry, { outcome: 'refused', told: answer.body })
      const mayBeDone = answer.error || answer.status >= 500
      if ((leaves && mayBeDone) || Date.now() - entry.sentAt[0] > GIVES_UP_AFTER_MS) return entry
      await this.#wait(answer, attempt)
    }
  }

  /** As long as the server says, else from a quarter of a second on, twice as long each time, two seconds at most. */
  #wait(answer, attempt) {
    const saidMs = (answer?.waitS ?? 0) * 1_000
    const ownMs = Math.min(250 * 2 ** (attempt - 1), 2_000)
    return pause((saidMs > 0 ? Math.min(saidMs, 5_000) : ownMs) * (1 + Math.random() / 4))
  }
}
