/// What an operator has changed in the form: only that is sent, on top of the newest limits.
import type { Settings } from './figures'
import { fieldOf, type LimitPath, numberAt, withNumber } from './limit_fields'

/** A field that was changed: what stood there then, and what stands there now. */
export interface Edit {
  was: number
  text: string
}
export type Edits = Readonly<Record<LimitPath, Edit>>

/** Why a text can't be sent. */
export interface Mistake {
  path: LimitPath
  why: 'noNumber' | 'outOfRange' | 'notBetween' | 'sharesTooMuch'
}

/** What the form shows in a field. */
export function textOf(edits: Edits, settings: Settings, path: LimitPath): string {
  return edits[path]?.text ?? String(numberAt(settings, path))
}

/** The edits with one more text; one that says what is there anyway is none. */
export function edited(edits: Edits, settings: Settings, path: LimitPath, text: string): Edits {
  const was = edits[path]?.was ?? numberAt(settings, path)
  const { [path]: _before, ...others } = edits
  return text === String(was) ? others : { ...others, [path]: { was, text } }
}

/** The limits with the edits in them. */
export function settingsOf(edits: Edits, settings: Settings): Settings {
  return Object.entries(edits).reduce((next, [path, { text }]) => withNumber(next, path, Number(text)), settings)
}

function mistakeAt(path: LimitPath, text: string): Mistake | null {
  const value = Number(text)
  if (!text.trim() || !Number.isFinite(value)) return { path, why: 'noNumber' }
  const field = fieldOf(path)
  if (!field) return null
  const fits = value >= field.least && value <= field.most && (!field.whole || Number.isInteger(value))
  return fits ? null : { path, why: 'outOfRange' }
}

/** The first edit that can't be, alone or beside the other limits; null if all can. */
export function mistakeIn(edits: Edits, settings: Settings): Mistake | null {
  for (const [path, { text }] of Object.entries(edits)) {
    const mistake = mistakeAt(path, text)
    if (mistake) return mistake
  }
  const { admission } = settingsOf(edits, settings)
  // Told where something was changed.
  const changed = (...paths: LimitPath[]) => paths.find((path) => path in edits)
  const { fewestPermits, firstPermits, mostPermits, shares } = admission
  if (!(fewestPermits <= firstPermits && firstPermits <= mostPermits)) {
    const path = changed('admission.firstPermits', 'admission.mostPermits', 'admission.fewestPermits')
    if (path) return { path, why: 'notBetween' }
  }
  if (shares.reduce((sum, share) => sum + share, 0) > 1 + 1e-9) {
    const path = changed(...shares.map((_share, place) => `admission.shares.${place}`))
    if (path) return { path, why: 'sharesTooMuch' }
  }
  return null
}

/** The first edit of a field that somebody else has changed to something else meanwhile; null if there is none. */
export function changedMeanwhile(edits: Edits, settings: Settings): LimitPath | null {
  const clashes = ([path, { was, text }]: [LimitPath, Edit]) => {
    const now = numberAt(settings, path)
    return now !== was && now !== Number(text)
  }
  return Object.entries(edits).find(clashes)?.[0] ?? null
}

/** The edits as changes of these limits; what is there already is none any more. */
export function rebased(edits: Edits, settings: Settings): Edits {
  const entries = Object.entries(edits).map(([path, { text }]) => [path, { was: numberAt(settings, path), text }] as const)
  return Object.fromEntries(entries.filter(([, { was, text }]) => was !== Number(text)))
}
