/// What the gate trusts: news of one tab, news of another, and news that came in part.
import 'fake-indexeddb/auto'
import { beforeEach, expect, test, vi } from 'vitest'
import { type Bytes, base64url, fromBase64, utf8 } from '../src/credential/bytes'
import { Tagged } from '../src/credential/cbor'
import { encodeCbor } from '../src/credential/cbor_encode'
import { kidOf } from '../src/credential/jwks'
import { statusAt } from '../src/credential/status_list'
import { type Database, openDatabase } from '../src/offline/database'
import { STORES } from '../src/verifier/store'
import { TrustStore } from '../src/trust/trust_data'

const LISTS = [0, 1].map((n) => `https://xian.example/v1/status-lists/${n}`)
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

async function cityKey() {
  const pair = await crypto.subtle.generateKey(P256, true, ['sign', 'verify'])
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return { pair, jwk: { kty: 'EC', crv: 'P-256', x, y }, kid: await kidOf(fromBase64(x), fromBase64(y)) }
}
type CityKey = Awaited<ReturnType<typeof cityKey>>

async function zlib(bytes: Bytes): Promise<Bytes> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}

/** A token whose first entry is `status`. */
async function token(city: CityKey, uri: string, issuedAtS: number, status: number): Promise<Bytes> {
  const header = encodeCbor(new Map<number, number | string | Bytes>([[1, -7], [4, city.kid], [16, 'application/statuslist+cwt']]))
  const list = new Map<string, number | Bytes>([['bits', 2], ['lst', await zlib(Uint8Array.of(status))]])
  const payload = encodeCbor(new Map<number, number | string | typeof list>([[2, uri], [6, issuedAtS], [65533, list]]))
  const signed = encodeCbor(['Signature1', header, new Uint8Array(), payload])
  const signature = new Uint8Array(await crypto.subtle.sign(P256, city.pair.privateKey, signed))
  return encodeCbor(new Tagged(18, [header, new Map(), payload, signature]))
}

/** What the server has at each path; `null` does not answer. */
const served = new Map<string, Bytes | null>()

async function answer(path: string, init: RequestInit = {}): Promise<Response> {
  const body = served.get(path)
  if (!body) throw new TypeError('Failed to fetch')
  const etag = base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', body)))
  const asked = new Headers(init.headers).get('If-None-Match')
  return asked === etag ? new Response(null, { status: 304, headers: { etag } }) : new Response(body, { headers: { etag } })
}

let databases = 0
let db: Database
let city: CityKey
const publish = async (n: number, issuedAtS: number, status: number) =>
  served.set(`/v1/status-lists/${n}`, await token(city, LISTS[n] ?? '', issuedAtS, status))
const publishKeys = (...keys: CityKey[]) =>
  served.set('/.well-known/jwks.json', utf8(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })))
const tab = async () => {
  const store = new TrustStore(db, () => 1_000)
  await store.load()
  return store
}
const first = (store: TrustStore, n: number) => {
  const list = store.data.value.lists.get(LISTS[n] ?? '')
  return list ? statusAt(list.values, 0) : null
}

beforeEach(async () => {
  databases += 1
  db = await openDatabase(`trust-${databases}`, STORES)
  city = await cityKey()
  vi.stubGlobal('fetch', answer)
  vi.stubGlobal('location', { origin: 'https://xian.example' })
  served.set('/v1/status-lists', utf8(JSON.stringify({ status_lists: LISTS })))
  publishKeys(city)
  await publish(0, 1, 0)
  await publish(1, 1, 0)
})

test('a tab that another one overtook still gets the new list', async () => {
  const [ours, theirs] = [await tab(), await tab()]
  await ours.refresh()
  await theirs.refresh()
  await publish(0, 2, 1)
  await theirs.refresh()
  await ours.refresh()
  expect([first(theirs, 0), first(ours, 0)]).toEqual([1, 1])
})

test('a tab that another one overtook still forgets a withdrawn key', async () => {
  const [ours, theirs] = [await tab(), await tab()]
  await ours.refresh()
  await theirs.refresh()
  publishKeys(city, await cityKey())
  await theirs.refresh()
  await ours.refresh()
  expect(ours.data.value.keys.size).toBe(2)
})

test('a list counts as soon as it is here, also when another one can not be had', async () => {
  const store = await tab()
  await store.refresh()
  const before = store.data.value.listsAtMs
  await publish(0, 2, 1)
  served.set('/v1/status-lists/1', null)
  await store.refresh()
  expect([first(store, 0), store.online.value, store.data.value.listsAtMs]).toEqual([1, false, before])
  await publish(1, 1, 0)
  await store.refresh()
  expect([first(store, 0), store.online.value]).toEqual([1, true])
})

test('keys on disk that can not be read are fetched again, not confirmed', async () => {
  await (await tab()).refresh()
  const kept = await db.get<{ body: unknown }>('keys', 'jwks')
  await db.put('keys', 'jwks', { ...kept, body: 'broken' })
  const store = await tab()
  expect(store.data.value.keys.size).toBe(0)
  await store.refresh()
  expect([store.data.value.keys.size, first(store, 0)]).toEqual([1, 0])
})

test('what one session kept is there for the next, and an older list never replaces it', async () => {
  await publish(0, 5, 1)
  await (await tab()).refresh()
  await publish(0, 4, 0)
  const store = await tab()
  expect(first(store, 0)).toBe(1)
  await store.refresh()
  expect(first(store, 0)).toBe(1)
})

test('a cache on the way does not make the device look fast', async () => {
  const date = new Date(500_000).toUTCString()
  const cached = async (path: string, init?: RequestInit) => {
    const fresh = await answer(path, init)
    return new Response(await fresh.arrayBuffer(), { headers: { etag: fresh.headers.get('etag') ?? '', date, age: '120' } })
  }
  vi.stubGlobal('fetch', cached)
  const store = new TrustStore(db, () => 620_000)
  await store.refresh()
  expect(store.clockOffsetMs.value).toBe(0)
})
