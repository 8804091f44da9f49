/// What somebody has open, and has typed without saving, so that a look at another tool of the console does not lose it.
import { session } from '../session'

/** A campaign by its number, or a new document. */
export type Open = { number: number } | { document: string } | null

interface Desk {
  staff: number
  open: Open
  /** Unsaved text by number of the campaign, 0 for a new one. */
  texts: Map<number, string>
}

let desk: Desk | null = null

/** The desk of who is signed in: nobody finds what another has typed. */
function own(): Desk {
  const staff = session.value?.staff.id ?? 0
  if (desk?.staff !== staff) desk = { staff, open: null, texts: new Map() }
  return desk
}

export function lastOpen(): Open {
  return own().open
}

export function keepOpen(open: Open): void {
  own().open = open
}

export function unsavedOf(number: number): string | undefined {
  return own().texts.get(number)
}

/** `null` forgets it. */
export function keepUnsaved(number: number, text: string | null): void {
  if (text === null) own().texts.delete(number)
  else own().texts.set(number, text)
}
