/// Single facts about this device that all tabs share: its id, its hash key, who syncs, when the last sync was.
import { base64url, utf8 } from '../../credential/bytes'
import { answerOf, type RecordDb } from './record_db'

export type Hasher = (text: string) => Promise<string>

/** 96 bits: far from a chance collision among the samples of a shift. */
const HASH_BYTES = 12

interface Fact<T> {
  readonly name: string
  readonly value: T
}

/** A fact, or undefined. */
export async function fact<T>(db: RecordDb, name: string): Promise<T | undefined> {
  const row = await db.read(['facts'], (store) => answerOf<Fact<T> | undefined>(store('facts').get(name)))
  return row?.value
}

/** Sets a fact. */
export async function setFact(db: RecordDb, name: string, value: unknown): Promise<void> {
  await db.write(['facts'], (store) => answerOf(store('facts').put({ name, value })))
}

/** The fact as it is, or as `made` if no tab has set it yet. */
function factOrElse<T>(db: RecordDb, name: string, made: T): Promise<T> {
  return db.write(['facts'], async (store) => {
    const row = await answerOf<Fact<T> | undefined>(store('facts').get(name))
    if (row) return row.value
    await answerOf(store('facts').add({ name, value: made } satisfies Fact<T>))
    return made
  })
}

/** The UUID under which the server knows this device's tubes. */
export function deviceUuid(db: RecordDb): Promise<string> {
  return factOrElse(db, 'device', crypto.randomUUID())
}

/**
 * Keyed hashes of people: enough to know somebody again on this device, worth nothing elsewhere. The key can't be
 * read out, not even by this page.
 */
export async function deviceHasher(db: RecordDb): Promise<Hasher> {
  const made = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const key = await factOrElse(db, 'hash-key', made)
  return async (text) => base64url(new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(text))).slice(0, HASH_BYTES))
}

/**
 * Takes the lease `name` for `forMs` unless another holds it; only for browsers without Web Locks. A tab that was
 * killed loses it by time.
 */
export function takeLease(db: RecordDb, name: string, owner: string, nowMs: number, forMs: number): Promise<boolean> {
  return db.write(['facts'], async (store) => {
    const row = await answerOf<Fact<{ owner: string; untilMs: number }> | undefined>(store('facts').get(name))
    const held = row?.value
    // A clock that was set back must not hold the lease for years.
    if (held && held.owner !== owner && held.untilMs > nowMs && held.untilMs <= nowMs + forMs) return false
    await answerOf(store('facts').put({ name, value: { owner, untilMs: nowMs + forMs } }))
    return true
  })
}

/** Gives a lease back. */
export function endLease(db: RecordDb, name: string, owner: string): Promise<void> {
  return db.write(['facts'], async (store) => {
    const row = await answerOf<Fact<{ owner: string }> | undefined>(store('facts').get(name))
    if (row?.value.owner === owner) await answerOf(store('facts').delete(name))
  })
}
