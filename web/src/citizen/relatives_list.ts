/// Relatives of the holder: from this device first, then from the server.
import { signal } from '@preact/signals-core'
import type { Page, Relative, Session } from '../api/types'
import { recall, remember } from './memory'
import { client } from './server_talk'
import { session } from './state'

export const relatives = signal<Relative[] | null>(null)
/** The list shown is what this device kept. */
export const keptOnly = signal(false)

// The next holder of this device must not see the relatives of the one before.
session.subscribe(() => {
  relatives.value = null
})

/** Shows and keeps a list that was asked for by `holder`; an answer that comes after their log-out is dropped. */
async function take(items: Relative[], holder: Session | null): Promise<void> {
  if (session.value !== holder) return
  relatives.value = items
  await remember('relatives', items)
}

/** Shows what is kept, then asks. Never throws. */
export async function loadRelatives(): Promise<void> {
  const holder = session.value
  const kept = await recall('relatives')
  if (session.value !== holder) return
  relatives.value ??= kept ?? null
  try {
    await take((await client.get<Page<Relative>>('/v1/relatives')).items, holder)
    keptOnly.value = false
  } catch {
    if (session.value !== holder) return
    relatives.value ??= []
    keptOnly.value = true
  }
}

/** Puts a relative that the server has just confirmed on the list. */
export async function addRelative(item: Relative): Promise<void> {
  await take([...(relatives.value ?? []).filter(({ personId }) => personId !== item.personId), item], session.value)
}

/** Removes one; throws if the server did not confirm. The same key is the same removal. */
export async function removeRelative(personId: string, idempotencyKey: string): Promise<void> {
  const holder = session.value
  await client.send('DELETE', `/v1/relatives/${personId}`, { idempotencyKey })
  await take((relatives.value ?? []).filter((item) => item.personId !== personId), holder)
}
