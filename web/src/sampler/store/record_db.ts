/// IndexedDB for records that must not be lost: transactions over several stores, done when they are on the disk.

/** Stores by name: key path (null = numbered), and indexes by name. Properties that are absent are in no index. */
export const SCHEMA = {
  tubes: { keyPath: 'tube', indexes: { open: 'open', sealQueue: 'sealQueue', loose: 'loose', openedMs: 'openedMs' } },
  samples: {
    keyPath: 'id',
    indexes: {
      tube: 'tube',
      person: ['round', 'key'],
      likely: ['round', 'likely'],
      queue: 'queue',
      refusedMs: 'refusedMs',
      ackMs: 'ackMs',
    },
  },
  boxes: { keyPath: 'box', indexes: { packedMs: 'packedMs' } },
  errands: { keyPath: null, indexes: {} },
  facts: { keyPath: 'name', indexes: {} },
} as const satisfies Record<string, { keyPath: string | null; indexes: Record<string, string | readonly string[]> }>
export type StoreName = keyof typeof SCHEMA

/** The answer of a request. */
export function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error('aborted'))
  })
}

function create(db: IDBDatabase): void {
  for (const [name, { keyPath, indexes }] of Object.entries(SCHEMA)) {
    if (db.objectStoreNames.contains(name)) continue
    const store = db.createObjectStore(name, keyPath === null ? { autoIncrement: true } : { keyPath })
    for (const [index, path] of Object.entries(indexes)) store.createIndex(index, path as string | string[])
  }
}

type Work<T> = (store: (name: StoreName) => IDBObjectStore) => Promise<T>

/** The open database. `work` may await nothing but requests of its own transaction, or the browser ends it. */
export class RecordDb {
  private constructor(
    private db: IDBDatabase,
    private readonly open: () => Promise<IDBDatabase>,
  ) {}

  /** Opens, and on first use creates, the database; throws where the browser has none. */
  static async open(name: string): Promise<RecordDb> {
    const open = async () => {
      const request = indexedDB.open(name, 1)
      request.onupgradeneeded = () => create(request.result)
      const db = await answerOf(request)
      db.onversionchange = () => db.close()
      return db
    }
    return new RecordDb(await open(), open)
  }

  read<T>(stores: readonly StoreName[], work: Work<T>): Promise<T> {
    return this.run(stores, 'readonly', work)
  }

  /** Resolves when everything is on the disk; if `work` throws, nothing of it is. */
  write<T>(stores: readonly StoreName[], work: Work<T>): Promise<T> {
    return this.run(stores, 'readwrite', work)
  }

  close(): void {
    this.db.close()
  }

  private async run<T>(stores: readonly StoreName[], mode: IDBTransactionMode, work: Work<T>): Promise<T> {
    const transaction = await this.begin(stores, mode)
    const end = finished(transaction)
    try {
      const result = await work((name) => transaction.objectStore(name))
      await end
      return result
    } catch (error) {
      end.catch(() => undefined)
      try {
        transaction.abort()
      } catch {
        // It has ended already.
      }
      throw error
    }
  }

  private async begin(stores: readonly StoreName[], mode: IDBTransactionMode): Promise<IDBTransaction> {
    // The phone's battery may be pulled by the cold: `strict` waits for the disk, not for a buffer.
    const options = { durability: 'strict' } as const
    try {
      return this.db.transaction(stores, mode, options)
    } catch {
      // The browser closed it: phones do so to pages in the background.
      this.db = await this.open()
      return this.db.transaction(stores, mode, options)
    }
  }
}
