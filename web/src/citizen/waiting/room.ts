/// What this device knows about the waiting room: the newest figures, read by whichever tab asked last, and what was
/// shown to the person. One record for all tabs; it holds nothing about the person.
import { signal } from '@preact/signals-core'
import { keepRecord, keptRecord, onOtherTab } from '../../api/kept'
import { heldTicket } from '../../api/ticket'
import type { RoomFigures, RoomNow } from '../../api/types'
import type { Screen } from '../route'
import { server } from '../state'
import { aheadOf, calledAtMs, isCalled, nextShown, type Shown } from './place'

const KEPT = 'yimatong-room'
/** Until the server says how long a called person may take. */
export const CLAIM_S = 300
/** Of a node that does not say it yet. */
const LONGEST_POLL_S = 50

export interface Room {
  /** Text of the ticket that this is about. */
  ticket: string
  now: RoomFigures & { claimS: number }
  /** This device's clock when the figures came, in ms. */
  readAtMs: number
  shown: Shown
  /** People before the place when it was taken. */
  firstAhead: number
  /** When the place was called, in ms, or null. */
  calledAtMs: number | null
  /** Screen that the place was taken for. */
  purpose: Screen | null
}

/** A record that an earlier page kept may lack what this one needs. */
function kept(): Room | null {
  const record = keptRecord<Room>(KEPT)
  return record?.now.longestPollS ? record : null
}

export const room = signal<Room | null>(kept())
/** The last poll of this tab failed. */
export const unreachable = signal(false)

onOtherTab(KEPT, () => {
  room.value = kept()
})

/** The record that belongs to the ticket in hand, or null. */
export function currentRoom(): Room | null {
  return room.value && room.value.ticket === heldTicket()?.text ? room.value : null
}

/** Takes figures that have just come. `serving` never goes back, whichever node answered. */
export function takeFigures(figures: RoomFigures & Partial<RoomNow>, atMs: number, purpose: Screen | null = null): void {
  const held = heldTicket()
  if (!held) return
  const before = currentRoom()
  const serving = Math.max(figures.serving, before?.now.serving ?? 0)
  const { issued, ratePerS, pollS, longestPollS = LONGEST_POLL_S, placeAfterS, paused, asOf } = figures
  const now = { serving, issued, ratePerS, pollS, longestPollS, placeAfterS, paused, asOf, claimS: figures.claimS ?? before?.now.claimS ?? CLAIM_S }
  const shown = nextShown(before?.shown ?? null, aheadOf(held.seq, now), ratePerS)
  const last = before && { ahead: before.shown.ahead, ratePerS: before.now.ratePerS, atMs: before.readAtMs }
  const called = isCalled(held.seq, now) ? (before?.calledAtMs ?? calledAtMs(last, atMs)) : null
  const firstAhead = before?.firstAhead ?? shown.ahead
  const next = { now, readAtMs: atMs, shown, firstAhead, calledAtMs: called }
  room.value = { ticket: held.text, ...next, purpose: purpose ?? before?.purpose ?? null }
  keepRecord(KEPT, room.value)
  // Newer than what the page learned when it opened.
  if (figures.notice !== undefined && server.value) server.value = { ...server.value, notice: figures.notice }
}

/** Forgets the room; the ticket is forgotten where it was used or given up. */
export function forgetRoom(): void {
  room.value = null
  keepRecord(KEPT, null)
}
