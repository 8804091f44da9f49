/// Live figures of overload protection as the server writes them, and rates per second out of its totals.
import type { CityNotice } from '../../api/types'

export const CLASSES = ['b0', 'b1', 'b2', 'b3', 'b4'] as const
export type ClassName = (typeof CLASSES)[number]

/** What can become of a request, in the order of the chart. */
export const FATES = ['offered', 'admitted', 'goodput', 'degraded', 'ticketed', 'refused'] as const
export type Fate = (typeof FATES)[number]
export type Rates = Record<Fate, number>

/** Totals since the server started, and what is now. */
export interface ClassFigures extends Rates {
  class: ClassName
  cancelled: number
  failed: number
  /** Requests that wait for a permit. */
  queued: number
  queueDelayMs: number
}

export interface Alarm {
  name: string
  since: string
  value: number
  limit: number
  unit: string
  zh: string
  en: string
  /** Where the runbook says more. */
  runbook?: string
}

export interface RateLimit {
  perS: number
  burst: number
}

export interface Settings {
  admission: {
    firstPermits: number
    fewestPermits: number
    mostPermits: number
    queueMs: number
    longestWaitMs: number
    holdMs: number
    shares: number[]
    retryShare: number
  }
  room: { claimS: number; pollsPerS: number; shortestPollS: number }
  rates: { device: RateLimit; address: RateLimit; oneTimePasswords: RateLimit; signIns: RateLimit }
}

export interface Switches {
  vaccineBadge: boolean
  statistics: boolean
  history: boolean
}

/** One second of the past; all rates per second. */
export interface Second {
  /** Unix time in seconds. */
  atS: number
  /** One per class, in order. */
  classes: Rates[]
  queueDelayMs: number[]
  capacityPerS: number | null
  waiting: number
  connections: number
}

export interface Figures {
  asOf: string
  /** Name of this server, where there are several. */
  node?: string
  protection: string
  saturated: boolean
  permits: { limit: number; inUse: number }
  capacityPerS: number | null
  completionsPerS: number
  storeTimeMs: number
  room: { issued: number; serving: number; waiting: number; ratePerS: number; paused: boolean; flowsUnderWay: number }
  connections: { open: number; limit: number; handshakes: number; parked: number }
  lagMs: number
  classes: ClassFigures[]
  alarms?: Alarm[]
  settings: Settings
  /** Changes with them; what a change is sent with. */
  settingsTag: string
  switches: Switches
  notice: CityNotice | null
  /** Number of the member of staff who changed something last. */
  changedBy: number | null
  changedAt: string | null
  history?: Second[]
}

/** Seconds that the chart shows. */
export const SHOWN_S = 300

const NOTHING: Rates = { offered: 0, admitted: 0, goodput: 0, degraded: 0, ticketed: 0, refused: 0 }

function atS({ asOf }: Figures): number {
  return Math.floor(Date.parse(asOf) / 1000)
}

/** What happened between two readings, as the newest second; null if they are not apart or the server has restarted. */
export function secondBetween(before: Figures, after: Figures): Second | null {
  const passedS = (Date.parse(after.asOf) - Date.parse(before.asOf)) / 1000
  if (!(passedS > 0)) return null
  const classes = CLASSES.map((name) => {
    const [was, is] = [before, after].map(({ classes: all }) => all.find((each) => each.class === name))
    if (!was || !is) return { ...NOTHING }
    return Object.fromEntries(FATES.map((fate) => [fate, (is[fate] - was[fate]) / passedS])) as Rates
  })
  // Totals that shrink are those of a new process.
  if (classes.some((rates) => FATES.some((fate) => rates[fate] < 0))) return null
  const queueDelayMs = CLASSES.map((name) => after.classes.find((each) => each.class === name)?.queueDelayMs ?? 0)
  const { capacityPerS, room, connections } = after
  return { atS: atS(after), classes, queueDelayMs, capacityPerS, waiting: room.waiting, connections: connections.open }
}

/** Adds a second to the past, oldest first, no more than is shown. */
export function appended(past: readonly Second[], next: Second | null): Second[] {
  if (!next) return [...past]
  return [...past.filter((second) => second.atS < next.atS), next].slice(-SHOWN_S)
}

/** The past as an unbroken row of seconds ending with the newest; null where nothing is known. */
export function unbroken(past: readonly Second[]): (Second | null)[] {
  const newest = past.at(-1)?.atS
  const oldest = past[0]?.atS
  if (newest === undefined || oldest === undefined) return []
  const known = new Map(past.map((second) => [second.atS, second]))
  const count = Math.min(SHOWN_S, newest - oldest + 1)
  return Array.from({ length: count }, (_, i) => known.get(newest - count + 1 + i) ?? null)
}

/** Rates of all classes together. */
export function summed(classes: readonly Rates[]): Rates {
  return classes.reduce((sum, rates) => Object.fromEntries(FATES.map((fate) => [fate, sum[fate] + rates[fate]])) as Rates, NOTHING)
}
