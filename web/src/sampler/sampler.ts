/// Everything the sampler's page is made of, put together once.
import { signal } from '@preact/signals-core'
import { type Client, createClient } from '../api/client'
import type { Verdict } from '../credential/verdict'
import { DEFAULT_RULE } from '../credential/venue_rule'
import { verify } from '../credential/verify'
import { type Database, openDatabase } from '../offline/database'
import { TRUST_STORES, TrustStore } from '../trust/trust_data'
import { Boxes } from './boxes'
import type { Candidate } from './candidate'
import { TableClock } from './clock'
import { Elsewhere } from './elsewhere'
import { Rounds } from './rounds'
import { Settings } from './settings'
import { BoxStore } from './store/box_store'
import { deviceHasher, deviceUuid, type Hasher } from './store/facts'
import { Outgoing } from './store/outgoing'
import { RecordDb } from './store/record_db'
import type { SampleRow } from './store/rows'
import { SampleStore } from './store/sample_store'
import { exclusiveOver } from './sync/exclusive'
import { Sync } from './sync/sync'
import { Table } from './table'

export interface Surroundings {
  readonly nowMs: () => number
  /** A clock that nobody can set. */
  readonly steadyMs: () => number
  readonly random: () => number
  readonly locks: LockManager | undefined
  /** Prefix of the databases' names; tests have their own. */
  readonly name?: string
}

const CHANGED = 'yimatong-sampler'
/** Changes of another tab that come together are read together. */
const FOLLOW_MS = 100

export class Sampler {
  readonly client: Client
  readonly trust: TrustStore
  readonly table: Table
  readonly sync: Sync
  readonly boxes: Boxes
  readonly rounds: Rounds
  readonly outgoing: Outgoing
  readonly samples: SampleStore
  /** True once the server no longer takes the session: sampling goes on, syncing waits. */
  readonly loggedOut = signal(false)
  /** Counts the changes on the device, for lists to be read anew. */
  readonly changes = signal(0)
  private readonly hash: Hasher
  private readonly channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANGED)

  private constructor(
    readonly settings: Settings,
    database: Database,
    records: RecordDb,
    parts: { hash: Hasher; device: string },
    around: Surroundings,
  ) {
    const { nowMs, locks } = around
    this.hash = parts.hash
    const changed = (sampledMs?: number) => this.changed(sampledMs)
    this.client = createClient({ token: () => settings.session.value?.token ?? null, fetch: (input, init) => this.fetch(input, init) })
    this.rounds = new Rounds(this.client, settings)
    this.trust = new TrustStore(database, nowMs)
    this.samples = new SampleStore(records)
    this.outgoing = new Outgoing(records)
    const exclusive = exclusiveOver(records, around.name ?? CHANGED, locks, nowMs)
    this.sync = new Sync({ db: records, outgoing: this.outgoing, client: this.client, device: parts.device, exclusive, clock: around, changed: () => this.sent() })
    const clock = new TableClock(around)
    this.trust.clockOffsetMs.subscribe((offsetMs) => {
      if (offsetMs !== null) clock.learn(offsetMs)
    })
    const atTable = () => clock.nowMs()
    this.boxes = new Boxes(new BoxStore(records), settings, atTable, changed)
    const elsewhere = new Elsewhere(this.client, () => this.trust.online.value && settings.session.value !== null, nowMs)
    const judgeCode = (text: string) => this.judgeCode(text, atTable())
    this.table = new Table({ store: this.samples, settings, hash: parts.hash, elsewhere, judgeCode, nowMs: atTable, changed })
  }

  /** Opens what the device holds; throws where the browser keeps nothing, for then there is no sampling. */
  static async open(around: Surroundings): Promise<Sampler> {
    const name = around.name ?? 'yimatong-sampler'
    const database = await openDatabase(name, ['settings', ...TRUST_STORES])
    const records = await RecordDb.open(`${name}-records`)
    const settings = new Settings(database)
    const parts = { hash: await deviceHasher(records), device: await deviceUuid(records) }
    const sampler = new Sampler(settings, database, records, parts, around)
    await Promise.allSettled([settings.load(), sampler.trust.load(), sampler.sync.load(), sampler.table.load()])
    sampler.followOtherTabs()
    // Nothing to wait for, and no reason not to sample where it fails.
    void sampler.outgoing.purge(around.nowMs()).catch(() => undefined)
    return sampler
  }

  /** Sends what waits, if somebody is signed in. */
  send(now = false): Promise<void> {
    return this.settings.session.value && !this.loggedOut.value ? this.sync.run(now) : Promise.resolve()
  }

  /** True while something waits that may be sent. */
  mayBeSent(): boolean {
    const { samples, seals, errands } = this.sync.waiting.value
    return samples + seals + errands > 0
  }

  /** Puts a row that was sent back into the queue, with the person as mended. */
  async mend({ id }: SampleRow, { person, source, keyText, label }: Candidate): Promise<void> {
    await this.outgoing.mend(id, { person, source, label, key: await this.hash(keyText) })
    this.changed()
    await this.sync.load()
  }

  private async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const response = await fetch(input, init)
    if (response.status === 401) this.loggedOut.value = true
    return response
  }

  private judgeCode(text: string, atMs: number): Promise<Verdict> {
    const { keys, keysAtMs, lists, foreign } = this.trust.data.value
    const keysObtainedAtS = keysAtMs === null ? null : Math.floor(keysAtMs / 1000)
    const evidence = { keys, keysObtainedAtS, expectedIssuer: null, lists, foreign }
    return verify(text, evidence, DEFAULT_RULE, Math.floor(atMs / 1000))
  }

  /** `sampledMs` tells of one more sample: nothing has to be counted for it. */
  private changed(sampledMs?: number): void {
    if (sampledMs !== undefined) this.sync.added(sampledMs)
    else void this.sync.load()
    this.changes.value += 1
    this.channel?.postMessage(null)
  }

  /** What the server said of people in the tube on the table is news there. */
  private sent(): void {
    this.changed()
    void this.table.load().catch(() => undefined)
  }

  private followOtherTabs(): void {
    let soon = false
    this.channel?.addEventListener('message', () => {
      if (soon) return
      soon = true
      setTimeout(() => {
        soon = false
        this.changes.value += 1
        void Promise.allSettled([this.table.load(), this.sync.load()])
      }, FOLLOW_MS)
    })
  }
}
