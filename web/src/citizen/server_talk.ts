/// What the citizen's page says to the server. Loaded after the first paint, which needs none of it.
import { createClient } from '../api/client'
import { residentFlow } from '../api/flow'
import { keepText } from '../api/kept'
import { Problem } from '../api/problem'
import type { Code, Registered, ServerInfo, Session } from '../api/types'
import { dropUnstored } from './device_key'
import { forget, type Holding, PERSONAL, recall, remember } from './memory'
import { contact, durable, holding, notes, open, server, session } from './state'

/** The page's one client: its retry budget is shared by all screens. */
export const client = createClient({ token: () => session.value?.token ?? null, flow: residentFlow(Date.now) })

/** Names when this device last asked for the schedule, by its clock. */
export const SCHEDULE_ASKED = 'yimatong-schedule-asked'

const SERVER_FRESH_MS = 10 * 60_000

/** City, notice and what is switched off; not asked while what is known is younger than `freshMs`. Never throws. */
export async function learnServer(freshMs = SERVER_FRESH_MS): Promise<void> {
  const age = Date.now() - (server.value?.learnedAtMs ?? 0)
  if (age >= 0 && age < freshMs) return
  try {
    const learned = await client.get<ServerInfo>('/v1/server', { tries: 1 })
    server.value = { ...learned, learnedAtMs: Date.now() }
    await remember('server', server.value)
  } catch {
    // The title stays general.
  }
}

/** A vaccination does not vanish from a code unless the badge was switched off: asks why. */
function noticeMissing(before: Code, after: Code): void {
  if (!before.vaccine || after.vaccine || !server.value) return
  server.value = { ...server.value, learnedAtMs: 0 }
  void learnServer()
}

/** Takes over the answer to a registration or log in. */
export async function signedIn(answer: Registered): Promise<void> {
  // The last holder's schedule says nothing about this one's.
  keepText(SCHEDULE_ASKED, null)
  session.value = answer.session
  holding.value = { code: answer.code, etag: null, checkedAt: Date.now(), skewMs: 0 }
  notes.value = answer.notes ?? []
  contact.value = 'current'
  const kept = Promise.all([remember('session', answer.session), remember('holding', holding.value), forget(...PERSONAL)])
  await kept.catch(() => {
    durable.value = false
  })
  // A code that the browser may evict is gone exactly when there is no network.
  void navigator.storage?.persist?.()
  // Brings the ETag and the server's clock: a phone with a wrong clock must not draw stale codes.
  void refreshCode()
}

/**
 * Whether an answer to `asked` still belongs on this device: meanwhile somebody may have logged out or in, here or
 * in another tab, and must neither get the earlier holder's code back nor lose their own. An outdated tab catches up.
 */
async function stillHolds(asked: Session): Promise<boolean> {
  if (session.value !== asked) return false
  // A browser that stores nothing has no other tab to hear of.
  const kept = durable.value ? await recall('session').catch(() => asked) : asked
  if (session.value !== asked) return false
  if (kept?.token === asked.token) return true
  await open()
  contact.value = 'unknown'
  return false
}

/**
 * Asks the server for the current code. Never throws and never takes the shown code away: the outcome is in
 * `contact`, and a code past its expiry is refused by the screen itself.
 */
export async function refreshCode(): Promise<void> {
  const [asked, held] = [session.value, holding.value]
  if (!asked || !held) return
  // The tries below take seconds; the person at the door should know now.
  if (!navigator.onLine) contact.value = 'offline'
  try {
    const headers: Record<string, string> = held.etag ? { 'If-None-Match': held.etag } : {}
    const answer = await client.send<Holding['code']>('GET', '/v1/code', { headers })
    const at = Date.now()
    if (!(await stillHolds(asked))) return
    const skewMs = answer.serverTimeMs === null ? held.skewMs : answer.serverTimeMs - at
    const etag = answer.etag ?? held.etag
    const next: Holding = { code: answer.body ?? held.code, etag, checkedAt: at, skewMs, asOfMs: answer.asOfMs }
    holding.value = next
    contact.value = answer.asOfMs === null ? 'current' : 'delayed'
    noticeMissing(held.code, next.code)
    await remember('holding', next)
  } catch (error) {
    if (!(await stillHolds(asked))) return
    if (error instanceof Problem) contact.value = error.status === 401 ? 'ended' : 'delayed'
    else contact.value = navigator.onLine ? 'delayed' : 'offline'
  }
}

/** Logs out: void on the server if it can be reached, gone from this device in any case. True if both. */
export async function logOut(): Promise<boolean> {
  const reached = await client.delete('/v1/session').then(
    () => true,
    (error: unknown) => error instanceof Problem && error.status === 401,
  )
  // First the page's own memory: what is still under way must not come back after it.
  session.value = null
  holding.value = null
  notes.value = []
  contact.value = 'unknown'
  dropUnstored()
  await forget('session', 'holding', 'device-key', ...PERSONAL)
  return reached
}
