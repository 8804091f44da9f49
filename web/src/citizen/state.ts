/// What the citizen's page knows now; every screen reads it from here.
import { signal } from '@preact/signals-core'
import type { ComponentType } from 'preact'
import type { Note, Session } from '../api/types'
import { type Holding, isDurable, type KeptServer, recall } from './memory'

/** Last contact with the server: no answer yet, current, no network, refused or late, session no longer valid. */
export type Contact = 'unknown' | 'current' | 'offline' | 'delayed' | 'ended'

export const session = signal<Session | null>(null)
export const holding = signal<Holding | null>(null)
export const contact = signal<Contact>('unknown')
export const server = signal<KeptServer | null>(null)
export const durable = signal(true)
/** Draws the city's notice above every screen; loaded once there has been one. */
export const notices = signal<ComponentType | null>(null)
/** Remarks of the server on the document just registered; gone when the page is closed. */
export const notes = signal<Note[]>([])

/** Whether this device has a place in the waiting room, and whether a request of this tab waits for it. */
export const queue = signal<'' | 'kept' | 'pending'>('')

/** Reads this device's memory; nothing here waits for the network. */
export async function open(): Promise<void> {
  const [kept, code, info, safe] = await Promise.all([recall('session'), recall('holding'), recall('server'), isDurable()])
  session.value = kept ?? null
  holding.value = code ?? null
  server.value = info ?? null
  durable.value = safe
}

/** A device clock off by less is left alone: the gates allow it. */
const SKEW_MS = 10_000

/** The city's time as well as this device knows it, in ms. */
export function cityNow(): number {
  const skew = holding.value?.skewMs ?? 0
  return Date.now() + (Math.abs(skew) > SKEW_MS ? skew : 0)
}
