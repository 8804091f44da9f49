/// The staff member's session: for this tab only, so that a shared desk forgets it.
import { signal } from '@preact/signals-core'
import { createClient } from '../api/client'
import { Problem } from '../api/problem'
import type { Staff, StaffSession } from '../api/types'
import { c } from './text/console'

const STORED = 'yimatong-staff'

function stored(): StaffSession | null {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? 'null') as StaffSession | null
  } catch {
    return null
  }
}

export const session = signal<StaffSession | null>(stored())
export const client = createClient({ token: () => session.value?.token ?? null })

/** Takes over a new session, or forgets the old one. */
export function keep(next: StaffSession | null): void {
  session.value = next
  if (next) sessionStorage.setItem(STORED, JSON.stringify(next))
  else sessionStorage.removeItem(STORED)
}

export async function signOut(): Promise<void> {
  await client.delete('/v1/staff/session').catch(() => {})
  keep(null)
}

/** Confirms a kept session with the server; forgets it only if the server says that it has ended. */
export async function confirmSession(): Promise<void> {
  const kept = session.value
  if (!kept) return
  try {
    keep({ ...kept, staff: await client.get<Staff>('/v1/staff/me') })
  } catch (error) {
    if (error instanceof Problem && error.status === 401) keep(null)
  }
}

/** One sentence about a failed request; an ended session leads back to the log in. */
export function failureText(error: unknown): string {
  if (!(error instanceof Problem)) return c('unreachable')
  if (error.status === 401) keep(null)
  const { field } = error.document
  return field ? `${error.text} (${field})` : error.text
}
