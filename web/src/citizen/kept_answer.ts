/// Answers of the server that stay on this device: what is kept shows at once, and stays when nobody answers.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import type { Session } from '../api/types'
import { type KeptRecords, recall, remember } from './memory'
import { durable, session } from './state'

/** A kept value and where it stands. */
export interface Kept<T> {
  value: T
  /** This device's clock when the server last confirmed it, in ms. */
  learnedAtMs: number
  etag?: string | null
}

export interface KeptAnswer<T> {
  /** The last answer, of this visit or an earlier one. */
  readonly known: ReadonlySignal<Kept<T> | null>
  /** Why the last question failed; null after an answer, and before any question. */
  readonly failure: ReadonlySignal<unknown>
  /** Shows what this device has kept. Never throws. */
  recall: () => Promise<void>
  /** Asks, and keeps the answer; a failure leaves what is known as it is. Never throws. */
  ask: () => Promise<void>
}

/** Whether `holder` is still logged in here, also by what other tabs did: an answer to somebody who left is dropped. */
export async function isStillHolder(holder: Session | null): Promise<boolean> {
  if (!holder || session.value !== holder) return false
  // A browser that stores nothing has no other tab to hear of.
  const kept = durable.value ? await recall('session').catch(() => holder) : holder
  return session.value === holder && kept?.token === holder.token
}

type ValueOf<K extends keyof KeptRecords> = KeptRecords[K]['value']

/** The answer kept under `name`; `ask` gets what is known (its ETag) and answers the new state, or throws. */
export function keptAnswer<K extends keyof KeptRecords>(
  name: K,
  ask: (known: Kept<ValueOf<K>> | null) => Promise<Omit<Kept<ValueOf<K>>, 'learnedAtMs'>>,
): KeptAnswer<ValueOf<K>> {
  const known = signal<Kept<ValueOf<K>> | null>(null)
  const failure = signal<unknown>(null)
  // The next holder of this device must not see what is the last one's.
  session.subscribe(() => {
    known.value = null
    failure.value = null
  })
  return {
    known,
    failure,
    async recall() {
      const holder = session.value
      const kept = known.value ?? (await recall(name).catch(() => undefined))
      if (session.value === holder) known.value ??= (kept as Kept<ValueOf<K>> | undefined) ?? null
    },
    async ask() {
      const holder = session.value
      try {
        const answer = { ...(await ask(known.value)), learnedAtMs: Date.now() }
        if (!(await isStillHolder(holder))) return
        known.value = answer
        failure.value = null
        await remember(name, answer as never).catch(() => undefined)
      } catch (error) {
        if (session.value === holder) failure.value = error
      }
    },
  }
}
