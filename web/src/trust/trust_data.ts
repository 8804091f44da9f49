/// Keys, status lists and foreign certificates: refreshed while online, verified before they are kept, used offline.
import { signal } from '@preact/signals-core'
import { type Bytes } from '../credential/bytes'
import { type KeySet, readJwks } from '../credential/jwks'
import { type StatusList, keepNewest, readStatusListToken } from '../credential/status_list'
import { type TrustList, readTrustList } from '../credential/trust_list'
import type { Database } from '../offline/database'

interface Fetched<T> {
  readonly body: T
  readonly etag: string | null
  /** When the server last said that this is current; milliseconds. */
  readonly confirmedAtMs: number
}

/** Everything a verdict is computed from, besides the code itself. */
export interface TrustData {
  readonly keys: KeySet
  /** When the keys were last confirmed by the server; null before the first download. */
  readonly keysAtMs: number | null
  /** By uri, as credentials name them. */
  readonly lists: ReadonlyMap<string, StatusList>
  /** When all lists were last confirmed by the server. */
  readonly listsAtMs: number | null
  readonly foreign: TrustList
}

/** Stores of the database that keep what is trusted. */
export const TRUST_STORES = ['keys', 'status-lists', 'certificates'] as const

const EMPTY: TrustData = { keys: new Map(), keysAtMs: null, lists: new Map(), listsAtMs: null, foreign: new Map() }
const JWKS = '/.well-known/jwks.json'
const LISTS = '/v1/status-lists'
/** A colour change is on the list within 10 s and has to be refused at the gate within 60 s. */
export const REFRESH_MS = 30_000
const TIMEOUT_MS = 10_000

/** Resource on our own origin: a list is known by its uri, but comes from where the page comes from. */
function ownPath(uri: string): string {
  const { pathname, search } = new URL(uri, location.origin)
  return pathname + search
}

interface Answer {
  readonly changed: boolean
  readonly bytes: Bytes
  readonly etag: string | null
  /** Milliseconds by the server's clock, where it says. */
  readonly serverMs: number | null
}

async function ask(path: string, etag: string | null): Promise<Answer> {
  const response = await fetch(path, {
    // With a validator of our own the browser's cache must not answer for the server.
    cache: etag ? 'no-store' : 'no-cache',
    headers: etag ? { 'If-None-Match': etag } : {},
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!response.ok && response.status !== 304) throw new Error(`${path}: ${response.status}`)
  // A cache on the way passes on the time at which the server answered it, and how long ago that was.
  const age = Number(response.headers.get('age') ?? 0)
  const date = Date.parse(response.headers.get('date') ?? '') + (age > 0 ? age * 1000 : 0)
  return {
    changed: response.status !== 304,
    bytes: new Uint8Array(await response.arrayBuffer()),
    etag: response.headers.get('etag') ?? etag,
    serverMs: Number.isNaN(date) ? null : date,
  }
}

const jsonOf = (bytes: Bytes): unknown => JSON.parse(new TextDecoder().decode(bytes))

/** Holds the data of this gate, in memory for verdicts and on disk for the next time the page opens. */
export class TrustStore {
  readonly data = signal<TrustData>(EMPTY)
  /** Server clock minus this device's clock, in milliseconds, to about a second; null while unknown. */
  readonly clockOffsetMs = signal<number | null>(null)
  /** True while the last refresh worked, or a later request of the page did. */
  readonly online = signal(false)
  /**
   * Validators of what this page has in memory, by address. Those on disk may be of something newer that another
   * tab fetched: asking with them would confirm the old copy held here.
   */
  private readonly etags = new Map<string, string>()
  private running: Promise<void> | null = null

  constructor(
    private readonly db: Database,
    private readonly nowMs: () => number,
  ) {}

  /** Reads what an earlier session kept. Verified again: the disk of a shared phone is not a trusted place. */
  async load(): Promise<void> {
    const kept = await this.db.get<Fetched<unknown>>('keys', 'jwks')
    const read = kept && (await readJwks(kept.body).catch(() => null))
    if (read) this.hold(JWKS, kept.etag)
    const keys = read ?? EMPTY.keys
    const lists = new Map<string, StatusList>()
    const times: number[] = []
    for (const [uri, { body, etag, confirmedAtMs }] of await this.db.entries<Fetched<Bytes>>('status-lists')) {
      const list = await readStatusListToken(body, keys).catch(() => null)
      if (!list) continue
      if (keepNewest(lists, list)) this.hold(String(uri), etag)
      times.push(confirmedAtMs)
    }
    this.data.value = {
      keys,
      keysAtMs: kept?.confirmedAtMs ?? null,
      lists,
      listsAtMs: times.length ? Math.min(...times) : null,
      foreign: await this.loadCertificates(),
    }
  }

  /** Asks the server for news; never throws. Concurrent calls share one run. */
  refresh(): Promise<void> {
    this.running ??= this.refreshAll()
      .then(() => {
        this.online.value = true
      })
      .catch(() => {
        this.online.value = false
      })
      .finally(() => {
        this.running = null
      })
    return this.running
  }

  /** Adds certificates of foreign issuers, DER; throws when one cannot be read. */
  async addCertificates(certificates: readonly Bytes[]): Promise<void> {
    await readTrustList(certificates)
    const known = (await this.db.entries<Bytes>('certificates')).map(([, der]) => der)
    const base = known.length
    for (const [i, der] of certificates.entries()) await this.db.put('certificates', base + i, der)
    this.data.value = { ...this.data.value, foreign: await this.loadCertificates() }
  }

  private async loadCertificates(): Promise<TrustList> {
    const entries = await this.db.entries<Bytes>('certificates')
    return readTrustList(entries.map(([, der]) => der)).catch(() => new Map())
  }

  private hold(address: string, etag: string | null): void {
    if (etag) this.etags.set(address, etag)
    else this.etags.delete(address)
  }

  private async refreshAll(): Promise<void> {
    await this.refreshKeys()
    const { bytes } = await ask(LISTS, null)
    const uris = (jsonOf(bytes) as { status_lists?: unknown }).status_lists
    if (!Array.isArray(uris)) throw new Error('no status lists')
    // Each list counts as soon as it is here, also when another one can't be had.
    const failures: unknown[] = []
    for (const uri of uris) await this.refreshList(String(uri)).catch((failure) => failures.push(failure))
    if (failures.length > 0) throw failures[0]
    this.data.value = { ...this.data.value, listsAtMs: this.nowMs() }
  }

  private async refreshKeys(): Promise<void> {
    const held = this.etags.get(JWKS) ?? null
    const answer = await ask(JWKS, held)
    const confirmedAtMs = this.nowMs()
    if (answer.serverMs !== null) this.clockOffsetMs.value = answer.serverMs - confirmedAtMs
    const { etag, changed } = answer
    if (changed) {
      const body = jsonOf(answer.bytes)
      const keys = await readJwks(body)
      this.hold(JWKS, etag)
      this.data.value = { ...this.data.value, keys, keysAtMs: confirmedAtMs }
      return this.db.put('keys', 'jwks', { body, etag, confirmedAtMs } satisfies Fetched<unknown>)
    }
    this.data.value = { ...this.data.value, keysAtMs: confirmedAtMs }
    await this.confirm('keys', 'jwks', etag, confirmedAtMs)
  }

  /** Asks for one list; an older one than is held is not taken. */
  private async refreshList(uri: string): Promise<void> {
    const answer = await ask(ownPath(uri), this.etags.get(uri) ?? null)
    const confirmedAtMs = this.nowMs()
    const { bytes: body, etag } = answer
    if (!answer.changed) return this.confirm('status-lists', uri, etag, confirmedAtMs)
    const lists = new Map(this.data.value.lists)
    const list = await readStatusListToken(body, this.data.value.keys)
    if (!keepNewest(lists, list)) return
    this.hold(uri, etag)
    this.data.value = { ...this.data.value, lists }
    await this.db.put('status-lists', uri, { body, etag, confirmedAtMs } satisfies Fetched<Bytes>)
  }

  /** Notes on disk that a copy is current, unless another tab has put a newer one there. */
  private async confirm(store: string, key: string, etag: string | null, confirmedAtMs: number): Promise<void> {
    const kept = await this.db.get<Fetched<unknown>>(store, key)
    if (kept?.etag === etag) await this.db.put(store, key, { ...kept, confirmedAtMs })
  }
}
