/// The schedule of the holder and their relatives, and when it is asked for: never before the code, never in a surge.
import { signal } from '@preact/signals-core'
import { keepText, keptText } from '../../api/kept'
import type { Schedule } from '../../api/resident'
import { keptAnswer } from '../kept_answer'
import { client, SCHEDULE_ASKED } from '../server_talk'
import { contact, holding, server } from '../state'

/** A refusal counts like an answer: it is no reason to come again sooner. */
const EVERY_MS = 10 * 60_000
/** A question that was cut off, because the page was closed, counts for this time only. */
const CUT_OFF_MS = 60_000

export const schedule = keptAnswer('schedule', async (kept) => {
  const headers: Record<string, string> = kept?.etag ? { 'If-None-Match': kept.etag } : {}
  const answer = await client.send<Schedule>('GET', '/v1/schedule', { headers, tries: 1 })
  const value = answer.body ?? kept?.value ?? { asOf: new Date().toISOString(), items: [] }
  return { value, etag: answer.etag ?? kept?.etag ?? null }
})

/** Whether the page may ask by itself: somebody's code is current, and a round is on as far as anybody knows. */
export function mayAsk(askedAtMs: number, nowMs: number): boolean {
  if (!holding.value || contact.value !== 'current') return false
  // What is kept may be of a round that was closed: asked once more, then the answer is empty and kept.
  if (server.value?.rounds === 0 && !schedule.known.value?.value.items.length) return false
  const sinceMs = nowMs - askedAtMs
  return sinceMs < 0 || sinceMs >= EVERY_MS
}

/** Shows what is kept and asks if it is time. Never throws; a refusal leaves all as it was. */
export async function learnSchedule(): Promise<void> {
  await schedule.recall()
  if (mayAsk(Number(keptText(SCHEDULE_ASKED) ?? 0), Date.now())) await askSchedule()
}

/** True while the code says something that the schedule was not yet asked about. */
export const outdated = signal(false)
let changes = 0

/** The code has changed: the pause before the next question is over. */
export function outdate(): void {
  changes += 1
  outdated.value = true
  keepText(SCHEDULE_ASKED, null)
}

/** Asks now, because the person wants to see it, or has changed something about it. */
export async function askSchedule(): Promise<void> {
  keepText(SCHEDULE_ASKED, String(Date.now() - EVERY_MS + CUT_OFF_MS))
  const known = changes
  await schedule.ask()
  // A change while the answer was under way is not in it.
  if (known !== changes) return
  keepText(SCHEDULE_ASKED, String(Date.now()))
  if (schedule.failure.value === null) outdated.value = false
}
