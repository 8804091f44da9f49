/// IndexedDB behind four promises. Where it is forbidden (some embedded browsers, private windows) the same
/// interface is kept in memory: the page works until it is closed.

export interface Database {
  get<T>(store: string, key: IDBValidKey): Promise<T | undefined>
  put(store: string, key: IDBValidKey, value: unknown): Promise<void>
  delete(store: string, key: IDBValidKey): Promise<void>
  /** All pairs in key order, at most `limit`. */
  entries<T>(store: string, limit?: number): Promise<[IDBValidKey, T][]>
  /** False if nothing survives closing the page. */
  readonly durable: boolean
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Resolves when the transaction is on disk, not merely when the request was taken. */
function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onerror = transaction.onabort = () => reject(transaction.error)
  })
}

async function indexed(open: () => Promise<IDBDatabase>): Promise<Database> {
  let db = await open()
  const begin = async (store: string, mode?: IDBTransactionMode) => {
    try {
      return db.transaction(store, mode)
    } catch {
      // The browser closed it: phones do so to pages in the background.
      db = await open()
      return db.transaction(store, mode)
    }
  }
  const write = async (store: string, change: (target: IDBObjectStore) => void) => {
    const transaction = await begin(store, 'readwrite')
    change(transaction.objectStore(store))
    return committed(transaction)
  }
  const read = async (store: string) => (await begin(store)).objectStore(store)
  return {
    durable: true,
    get: async (store, key) => done((await read(store)).get(key)),
    put: (store, key, value) => write(store, (target) => target.put(value, key)),
    delete: (store, key) => write(store, (target) => target.delete(key)),
    async entries<T>(store: string, limit?: number) {
      const target = await read(store)
      const [keys, values] = await Promise.all([done(target.getAllKeys(null, limit)), done(target.getAll(null, limit))])
      return keys.map((key, i) => [key, values[i] as T])
    },
  }
}

function inMemory(): Database {
  const stores = new Map<string, Map<IDBValidKey, unknown>>()
  const of = (store: string) => {
    const found = stores.get(store) ?? new Map<IDBValidKey, unknown>()
    stores.set(store, found)
    return found
  }
  return {
    durable: false,
    get: async <T>(store: string, key: IDBValidKey) => of(store).get(key) as T | undefined,
    put: async (store, key, value) => void of(store).set(key, value),
    delete: async (store, key) => void of(store).delete(key),
    entries: async <T>(store: string, limit = Infinity) =>
      [...(of(store) as Map<IDBValidKey, T>)].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, limit),
  }
}

/** Opens (and on first use creates) the database `name` with these object stores; keys are given by the caller. */
export async function openDatabase(name: string, stores: readonly string[], version = 1): Promise<Database> {
  const open = async () => {
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = () => {
      for (const store of stores) {
        if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store)
      }
    }
    const db = await done(request)
    // Another tab with a newer version must not be blocked by this one.
    db.onversionchange = () => db.close()
    return db
  }
  try {
    return await indexed(open)
  } catch {
    return inMemory()
  }
}
