/// Sends what was changed on top of the newest limits, and stops where somebody else has changed the same field.
import { Problem } from '../../api/problem'
import type { Settings } from './figures'
import { changedMeanwhile, type Edits, type Mistake, mistakeIn, settingsOf } from './limit_edits'
import type { LimitPath } from './limit_fields'

/** The limits in force, with their tag. */
export interface Standing {
  settings: Settings
  settingsTag: string
}

export interface Desk {
  /** Reads the limits in force. */
  read: () => Promise<Standing>
  /** Sets them if they still have the tag. */
  write: (settings: Settings, tag: string) => Promise<unknown>
}

export type Outcome =
  | { end: 'done' }
  | { end: 'mistake'; mistake: Mistake }
  /** Somebody has changed this field meanwhile; `standing` is what holds now. */
  | { end: 'clash'; path: LimitPath; standing: Standing }

/** Others may save once more between reading and writing. */
const MOST_TRIES = 5

/** Rejects with the refusal if the server does not take it. */
export async function changeLimits(edits: Edits, known: Standing, { read, write }: Desk): Promise<Outcome> {
  let standing = known
  for (let tries = 1; ; tries += 1) {
    const path = changedMeanwhile(edits, standing.settings)
    if (path) return { end: 'clash', path, standing }
    const mistake = mistakeIn(edits, standing.settings)
    if (mistake) return { end: 'mistake', mistake }
    try {
      await write(settingsOf(edits, standing.settings), standing.settingsTag)
      return { end: 'done' }
    } catch (error) {
      const late = error instanceof Problem && error.status === 412
      if (!late || tries >= MOST_TRIES) throw error
    }
    standing = await read()
  }
}
