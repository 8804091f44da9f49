/// Room and permanence of what the browser keeps: asked for, and watched.
import { signal } from '@preact/signals-core'

/** A shift of 10,000 samples takes about 10 MB; below this room a warning comes in time. */
export const LOW_BYTES = 50 * 1024 * 1024

export interface Room {
  /** The browser promised not to clear it by itself; null where it can't be asked. */
  readonly persisted: boolean | null
  /** Bytes left, or null if the browser does not say. */
  readonly leftBytes: number | null
}

export const room = signal<Room>({ persisted: null, leftBytes: null })

/** Asks the browser to keep the data, and how much room is left. Never throws. */
export async function watchRoom(storage: StorageManager | undefined = globalThis.navigator?.storage): Promise<void> {
  if (!storage) return
  const persisted = await storage.persist?.().catch(() => null)
  const estimate = await storage.estimate?.().catch(() => null)
  const { quota, usage } = estimate ?? {}
  room.value = {
    persisted: persisted ?? null,
    leftBytes: quota === undefined || usage === undefined ? null : Math.max(0, quota - usage),
  }
}

/** True when so little room is left that somebody has to act. */
export function isLow({ leftBytes }: Room): boolean {
  return leftBytes !== null && leftBytes < LOW_BYTES
}
