// The writers: residents who register, gates with batches of check-ins, labs with results, residents who print codes. Each is a closed loop.
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from './client.mjs'
import { somebody } from './people.mjs'

/** Writers of each kind, and how long each pauses between two writes, in ms. */
const CALM = { register: [4, 400], checkIns: [3, 300], results: [2, 400], paper: [2, 500] }
const CHECK_INS = 20
const RESULTS = 5
/** People of the set-up and of the run that gates, labs and printers take. */
const MOST_KNOWN = 400
const pick = (list) => list[Math.floor(Math.random() * list.length)]

/** Registers somebody new; answers the person with session, or null when it was not acknowledged. */
export async function register(client) {
  client.asAnother()
  const { phone, document, key } = somebody()
  const sent = await client.read('POST', '/v1/one-time-passwords', { phone })
  if (!sent?.body.demoCode) return null
  const json = { phone, oneTimePassword: sent.body.demoCode, document, name: '王建国', communityId: 1, devicePublicKey: key }
  const entry = await client.write('register', '/v1/people', json, { document: document.number })
  if (entry.outcome !== 'acknowledged') return null
  return { personId: entry.told.code.personId, document, token: entry.told.session.token }
}

export class Writers {
  people = []
  /** Statuses (or errors) of the first displays of people who have just registered. */
  newcomers = {}
  #clients = []
  #running = 0
  #printed = 0
  #on = false

  constructor(url, history, staff, venueId) {
    Object.assign(this, { url, history, staff, venueId })
  }

  /** People that gates and labs know from the beginning. */
  async setUp(count) {
    const client = new Client(this.url, this.history)
    while (this.people.length < count) {
      const person = await register(client)
      if (person) await this.#know(client, person)
    }
  }

  /** Takes the person's subject, as a gate would from a code; another node hears of the person within two seconds. */
  async #know(client, person) {
    const json = { document: person.document, purpose: 'faults' }
    for (let tries = 0; tries < 20; tries++, await pause(200)) {
      const checked = await client.read('POST', '/v1/checks', json, this.staff.verifier)
      if (checked?.status === 200) return this.people.push({ ...person, subject: checked.body.subject })
    }
  }

  start(times = 1) {
    this.#on = true
    for (const [kind, [count, pauseMs]] of Object.entries(CALM)) {
      for (let n = 0; n < count * times; n++) this.#run(kind, pauseMs)
    }
  }

  /** Lets every write that is under way come to its end. */
  async stop() {
    this.#on = false
    while (this.#running > 0) await pause(50)
  }

  async #run(kind, pauseMs) {
    const client = this.#clients.pop() ?? new Client(this.url, this.history)
    this.#running++
    await pause(Math.random() * pauseMs)
    while (this.#on) {
      await this[kind](client)
      await pause(pauseMs * (0.5 + Math.random()))
    }
    this.#running--
    this.#clients.push(client)
  }

  async register(client) {
    const person = await register(client)
    if (person) await this.#showFirst(client, person)
    if (person && this.#on && this.people.length < MOST_KNOWN && Math.random() < 0.2) await this.#know(client, person)
  }

  /** Whoever has just registered shows the code at once, mostly at a node that has not heard of it yet. The answer to the registration held it already. */
  async #showFirst(client, { token }) {
    const status = await client.once('/v1/code', token)
    this.newcomers[status] = (this.newcomers[status] ?? 0) + 1
  }

  checkIns(client) {
    const rows = Array.from({ length: CHECK_INS }, () => {
      const { personId, subject } = pick(this.people)
      return { id: randomUUID(), at: new Date().toISOString(), outcome: pick(['allow', 'refuse', 'check-by-hand']), subject, personId }
    })
    const checkIns = rows.map(({ personId: _, ...row }) => row)
    const content = { venueId: this.venueId, rows: rows.map(({ subject: _, ...row }) => row) }
    return client.write('checkIns', '/v1/check-ins', { venueId: this.venueId, checkIns }, content, this.staff.verifier)
  }

  results(client) {
    const ago = (hours) => new Date(Date.now() - hours * 3_600_000 - Math.floor(Math.random() * 600_000)).toISOString()
    const rows = Array.from({ length: RESULTS }, () => {
      const { personId, document } = pick(this.people)
      const how = { outcome: 'negative', tube: pick(['single', 'pooled']), method: 'naat', institution: '西安市第三医院' }
      return { personId, row: { id: randomUUID(), document, sampled: ago(5), received: ago(3), reported: ago(1), ...how } }
    })
    const content = { rows: rows.map(({ personId, row: { document: _, ...row } }) => ({ personId, ...row })) }
    return client.write('results', '/v1/test-results', { results: rows.map(({ row }) => row) }, content, this.staff.lab)
  }

  /** In turn, since a person is given 20 sheets a day at most. */
  paper(client) {
    client.asAnother()
    const { personId, token } = this.people[this.#printed++ % this.people.length]
    return client.write('paper', '/v1/paper-codes', {}, { personId }, token)
  }
}
