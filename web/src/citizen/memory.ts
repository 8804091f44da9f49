/// What the citizen's page keeps on this device: session, last code, device key, and what else the server has said.
import type { Declaration, HistoryResult, Proof, Sample, Schedule } from '../api/resident'
import type { Code, Relative, ServerInfo, Session } from '../api/types'
import { type Database, openDatabase } from '../offline/database'
import type { Kept } from './kept_answer'

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

/** The first page of results, with what was sampled lately; null where the samples are not known. */
export interface KeptResults {
  items: HistoryResult[]
  nextCursor: string | null
  samples: Sample[] | null
}

/** A proof with this device's clock when it was loaded, in ms. */
export interface KeptProof {
  proof: Proof
  loadedAtMs: number
}

/** Answers that are shown with their age, see `kept_answer.ts`. */
export interface KeptRecords {
  schedule: Kept<Schedule>
  results: Kept<KeptResults>
  declarations: Kept<Declaration[]>
}

/** Record names and their types, in the one object store. */
export interface Records extends KeptRecords {
  session: Session
  holding: Holding
  'device-key': CryptoKeyPair
  relatives: Relative[]
  server: KeptServer
  proofs: KeptProof[]
}

/** What tells of the holder beyond the code: gone when somebody logs in or out. */
export const PERSONAL = ['relatives', 'schedule', 'results', 'declarations', 'proofs'] as const

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
