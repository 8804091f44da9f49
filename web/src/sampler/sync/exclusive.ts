/// One sync at a time over all tabs: Web Locks where the browser has them, else a lease in the database.
import { endLease, takeLease } from '../store/facts'
import type { RecordDb } from '../store/record_db'

const NAME = 'sync'
/** Longer than the slowest batch with all its retries; renewed before each batch. */
const LEASE_MS = 90_000

export interface Exclusive {
  /** Runs `work` unless another tab is at it; false if it was not run. `renew` before each long step. */
  run(work: (renew: () => Promise<void>) => Promise<void>): Promise<boolean>
}

/** `locks` is `navigator.locks`, undefined where there is none. */
export function exclusiveOver(db: RecordDb, name: string, locks: LockManager | undefined, nowMs: () => number): Exclusive {
  const owner = crypto.randomUUID()
  if (locks) {
    const none = async () => undefined
    return {
      run: (work) =>
        locks.request(`${name}-${NAME}`, { ifAvailable: true }, async (lock) => {
          if (lock) await work(none)
          return lock !== null
        }),
    }
  }
  return {
    async run(work) {
      if (!(await takeLease(db, NAME, owner, nowMs(), LEASE_MS))) return false
      try {
        await work(async () => void (await takeLease(db, NAME, owner, nowMs(), LEASE_MS)))
      } finally {
        await endLease(db, NAME, owner)
      }
      return true
    },
  }
}
