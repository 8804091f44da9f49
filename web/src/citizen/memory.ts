/// What the citizen's page keeps on this device: session, last code, device key, relatives, server facts.
import type { Code, Relative, ServerInfo, Session } from '../api/types'
import { type Database, openDatabase } from '../offline/database'

/** The last code and what is known about its freshness. */
export interface Holding {
  code: Code
  etag: string | null
  /** This device's clock when the server last answered, in ms. */
  checkedAt: number
  /** Time of the data behind the last answer, in ms, if the server said that they are not the newest. */
  asOfMs?: number | null
  /** Server clock minus device clock, in ms. */
  skewMs: number
}

/** Record names and their types, in the one object store. */
export interface Records {
  session: Session
  holding: Holding
  'device-key': CryptoKeyPair
  relatives: Relative[]
  server: KeptServer
}

/** Server facts with this device's clock when they were learned, in ms. */
export type KeptServer = ServerInfo & { learnedAtMs?: number }

const STORE = 'citizen'
let opened: Promise<Database> | null = null

function database(): Promise<Database> {
  opened ??= openDatabase('yimatong-citizen', [STORE])
  return opened
}

export async function recall<K extends keyof Records>(name: K): Promise<Records[K] | undefined> {
  return (await database()).get<Records[K]>(STORE, name)
}

export async function remember<K extends keyof Records>(name: K, value: Records[K]): Promise<void> {
  await (await database()).put(STORE, name, value)
}

export async function forget(...names: (keyof Records)[]): Promise<void> {
  const db = await database()
  await Promise.all(names.map((name) => db.delete(STORE, name)))
}

/** False if the browser keeps nothing after closing. */
export async function isDurable(): Promise<boolean> {
  return (await database()).durable
}
