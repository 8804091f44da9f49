/// The limits as a form sees them: one text field per number, named by its path in the settings.
import type { Settings } from './figures'

/** Path such as `admission.mostPermits` or `admission.shares.3`. */
export type LimitPath = string

export type LimitUnit = 'permits' | 'ms' | 's' | 'share' | 'pollsPerS' | 'perS' | 'atOnce'

export interface LimitField {
  path: LimitPath
  unit: LimitUnit
}

export interface LimitGroup {
  name: 'admission' | 'shares' | 'room' | 'rates'
  fields: readonly LimitField[]
}

const field = (path: LimitPath, unit: LimitUnit): LimitField => ({ path, unit })
const rate = (name: string) => [field(`rates.${name}.perS`, 'perS'), field(`rates.${name}.burst`, 'atOnce')]

/** All limits in the order of the form. */
export const LIMIT_GROUPS: readonly LimitGroup[] = [
  {
    name: 'admission',
    fields: [
      field('admission.firstPermits', 'permits'),
      field('admission.fewestPermits', 'permits'),
      field('admission.mostPermits', 'permits'),
      field('admission.queueMs', 'ms'),
      field('admission.longestWaitMs', 'ms'),
      field('admission.holdMs', 'ms'),
      field('admission.retryShare', 'share'),
    ],
  },
  { name: 'shares', fields: [0, 1, 2, 3, 4].map((place) => field(`admission.shares.${place}`, 'share')) },
  {
    name: 'room',
    fields: [field('room.claimS', 's'), field('room.pollsPerS', 'pollsPerS'), field('room.shortestPollS', 's')],
  },
  { name: 'rates', fields: ['device', 'address', 'oneTimePasswords', 'signIns'].flatMap(rate) },
]

const PATHS = LIMIT_GROUPS.flatMap(({ fields }) => fields.map(({ path }) => path))

export type Draft = Record<LimitPath, string>

type Tree = { [key: string]: Tree | number }

/** Texts of all limits. */
export function draftOf(settings: Settings): Draft {
  const at = (path: LimitPath) => path.split('.').reduce<unknown>((tree, key) => (tree as Tree | undefined)?.[key], settings)
  return Object.fromEntries(PATHS.map((path) => [path, String(at(path) ?? '')]))
}

/** First path whose text is no number, or null. */
export function wrongPath(draft: Draft): LimitPath | null {
  return PATHS.find((path) => !draft[path]?.trim() || !Number.isFinite(Number(draft[path]))) ?? null
}

/** Settings with the numbers of a draft; what the form does not know stays as it is. */
export function settingsOf(draft: Draft, settings: Settings): Settings {
  const next = structuredClone(settings)
  for (const path of PATHS) {
    const keys = path.split('.')
    const last = keys.pop() ?? ''
    const parent = keys.reduce<Tree>((tree, key) => tree[key] as Tree, next as unknown as Tree)
    parent[last] = Number(draft[path])
  }
  return next
}

/** Field of the form for a field that the server named: `rates.device` is shown at its first number. */
export function pathOfRefusal(named: string): LimitPath | null {
  return PATHS.find((path) => path === named || path.startsWith(`${named}.`)) ?? null
}
