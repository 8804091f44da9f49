/// Shapes of the community's part of the contract. Types only.
import type { Declaration as OwnDeclaration } from '../../api/resident'
import type { By, PersonBrief } from '../../api/types'

export interface Missed {
  person: PersonBrief
  standing: 'open' | 'waiting'
  /** Can't go out; sampled at the door. */
  spared?: boolean
}

/** A declaration as staff see it. */
export interface Declaration extends Omit<OwnDeclaration, 'reviewed'> {
  person?: PersonBrief
  /** The member of staff who recorded it for the person. */
  declaredBy?: By | number | null
  reviewed?: By | null
}

export interface EvidenceAnswer {
  kind: Declaration['evidence']
  mediaType?: string | null
  /** base64 */
  data?: string | null
  text?: string | null
}
