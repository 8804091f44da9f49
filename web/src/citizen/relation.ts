/// Relations a resident can name. The server keeps the word; ages decide who may be added.
import { relationWord } from './text/relation'

export const RELATIONS = ['child', 'parent', 'grandparent', 'grandchild', 'spouse', 'sibling', 'ward', 'other'] as const
export type Relation = (typeof RELATIONS)[number]

/** Text of a relation; an unknown word is shown as it is. */
export function relationText(relation: string): string {
  return (RELATIONS as readonly string[]).includes(relation) ? relationWord(relation as Relation) : relation
}
