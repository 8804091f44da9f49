/// Relatives of the holder: from this device first, then from the server.
import { signal } from '@preact/signals-core'
import type { Page, Relative } from '../api/types'
import { recall, remember } from './memory'
import { client } from './server_talk'

export const relatives = signal<Relative[] | null>(null)
/** The list shown is what this device kept. */
export const keptOnly = signal(false)

async function take(items: Relative[]): Promise<void> {
  relatives.value = items
  await remember('relatives', items)
}

/** Shows what is kept, then asks. Never throws. */
export async function loadRelatives(): Promise<void> {
  relatives.value ??= (await recall('relatives')) ?? null
  try {
    await take((await client.get<Page<Relative>>('/v1/relatives')).items)
    keptOnly.value = false
  } catch {
    relatives.value ??= []
    keptOnly.value = true
  }
}

/** Puts a relative that the server has just confirmed on the list. */
export async function addRelative(item: Relative): Promise<void> {
  await take([...(relatives.value ?? []).filter(({ personId }) => personId !== item.personId), item])
}

/** Removes one; throws if the server did not confirm. */
export async function removeRelative(personId: string): Promise<void> {
  await client.delete(`/v1/relatives/${personId}`)
  await take((relatives.value ?? []).filter((item) => item.personId !== personId))
}
