/// Proofs on this device: loaded once they can be shown without a network, for as long as the test counts anywhere.
import { Problem } from '../../api/problem'
import type { Proof } from '../../api/resident'
import type { ClockReference, Session } from '../../api/types'
import { isStillHolder } from '../kept_answer'
import { type KeptProof, recall, remember } from '../memory'
import { client } from '../server_talk'
import { cityNow, holding, session } from '../state'

const HOUR_MS = 3_600_000
/** A test counts nowhere after this time, so the device does not keep its proof. */
export const KEEP_HOURS = 72
const MOST = 10
/** A copy younger than this is not asked for again. */
const FRESH_MS = 10 * 60_000

/** Whether a proof is kept at `nowMs`, by the city's clock for tests. */
export function isKept({ result }: Proof, reference: ClockReference, nowMs: number): boolean {
  return nowMs - Date.parse(result[reference]) <= KEEP_HOURS * HOUR_MS
}

const reference = () => holding.value?.code.clockReference ?? 'sampled'

async function keepProofs(proofs: KeptProof[], holder: Session | null): Promise<void> {
  // Somebody may have logged out meanwhile.
  if (await isStillHolder(holder)) await remember('proofs', proofs).catch(() => undefined)
}

/** What is kept and still counts; the rest is deleted. */
async function keptProofs(): Promise<KeptProof[]> {
  const holder = session.value
  const all = (await recall('proofs').catch(() => undefined)) ?? []
  const kept = all.filter(({ proof }) => isKept(proof, reference(), cityNow()))
  if (kept.length < all.length) await keepProofs(kept, holder)
  return kept
}

async function replaceKept(id: string, next: KeptProof | null, holder: Session | null): Promise<void> {
  const others = (await keptProofs()).filter(({ proof }) => proof.result.id !== id)
  const all = next && isKept(next.proof, reference(), cityNow()) ? [next, ...others] : others
  await keepProofs(all.slice(0, MOST), holder)
}

/** The copy on this device, or null. */
export async function keptProof(id: string): Promise<KeptProof | null> {
  return (await keptProofs()).find(({ proof }) => proof.result.id === id) ?? null
}

/** Whether a copy is new enough to be shown without asking. */
export function isFresh({ loadedAtMs }: KeptProof, nowMs: number): boolean {
  const ageMs = nowMs - loadedAtMs
  return ageMs >= 0 && ageMs < FRESH_MS
}

/** Asks for a proof and keeps it. A result that has none (any more) is forgotten here. Throws as the client does. */
export async function loadProof(id: string): Promise<KeptProof | null> {
  const holder = session.value
  try {
    const proof = await client.get<Proof>(`/v1/results/${encodeURIComponent(id)}/proof`)
    const kept = { proof, loadedAtMs: Date.now() }
    await replaceKept(id, kept, holder)
    return session.value === holder ? kept : null
  } catch (error) {
    const gone = error instanceof Problem && [404, 409, 410].includes(error.status)
    if (gone) await replaceKept(id, null, holder)
    throw error
  }
}
