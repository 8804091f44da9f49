/// The limits as a form sees them: one text field per number, named by its path in the settings, with what it may be.
import type { Settings } from './figures'

/** Path such as `admission.mostPermits` or `admission.shares.3`. */
export type LimitPath = string

export interface LimitField {
  path: LimitPath
  least: number
  most: number
  /** Only whole numbers. */
  whole: boolean
}

export interface LimitGroup {
  name: 'admission' | 'shares' | 'room' | 'rates'
  fields: readonly LimitField[]
}

const MOST_PERMITS = 10_000
const HIGHEST_RATE = 1e9
const whole = (path: LimitPath, least: number, most: number): LimitField => ({ path, least, most, whole: true })
const real = (path: LimitPath, least: number, most: number): LimitField => ({ path, least, most, whole: false })
const rate = (name: string) => [real(`rates.${name}.perS`, 0.001, HIGHEST_RATE), real(`rates.${name}.burst`, 1, HIGHEST_RATE)]

/** All limits in the order of the form. */
export const LIMIT_GROUPS: readonly LimitGroup[] = [
  {
    name: 'admission',
    fields: [
      ...['fewestPermits', 'firstPermits', 'mostPermits'].map((name) => whole(`admission.${name}`, 1, MOST_PERMITS)),
      whole('admission.queueMs', 1, 10_000),
      whole('admission.longestWaitMs', 1, 10_000),
      whole('admission.holdMs', 1, 8_000),
      real('admission.retryShare', 0, 1),
    ],
  },
  { name: 'shares', fields: [0, 1, 2, 3, 4].map((place) => real(`admission.shares.${place}`, 0, 1)) },
  {
    name: 'room',
    fields: [whole('room.claimS', 10, 3_600), real('room.pollsPerS', 1, 1e6), real('room.shortestPollS', 0.5, 60)],
  },
  { name: 'rates', fields: ['device', 'address', 'oneTimePasswords', 'signIns'].flatMap(rate) },
]

const FIELDS = LIMIT_GROUPS.flatMap(({ fields }) => fields)

/** The field of a path. */
export function fieldOf(path: LimitPath): LimitField | null {
  return FIELDS.find((field) => field.path === path) ?? null
}

type Tree = { [key: string]: Tree | number }

/** One number of the settings. */
export function numberAt(settings: Settings, path: LimitPath): number {
  return Number(path.split('.').reduce<unknown>((tree, key) => (tree as Tree | undefined)?.[key], settings))
}

/** Settings with one number changed. */
export function withNumber(settings: Settings, path: LimitPath, value: number): Settings {
  const next = structuredClone(settings)
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const parent = keys.reduce<Tree>((tree, key) => tree[key] as Tree, next as unknown as Tree)
  parent[last] = value
  return next
}

/** Field of the form for a field that the server named: `rates.device` is shown at its first number. */
export function pathOfRefusal(named: string): LimitPath | null {
  return FIELDS.find(({ path }) => path === named || path.startsWith(`${named}.`))?.path ?? null
}
