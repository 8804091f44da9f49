/// Shapes of the community's part of the contract. Types only.
import type { By } from '../campaigns/shapes'

/** A person in a list for staff: masked. */
export interface PersonBrief {
  personId: string
  name: string
  documentTail: string
  communityId?: number | null
  communityName?: string | null
  householdId?: string | null
}

export interface Missed {
  person: PersonBrief
  standing: 'open' | 'waiting'
  /** Can't go out; sampled at the door. */
  spared?: boolean
}

export type DeclarationKind = 'vaccinated' | 'outside-city' | 'at-work'

export interface Declaration {
  personId: string
  person?: PersonBrief
  id: string
  campaign?: number | null
  kind: DeclarationKind
  sampled?: string | null
  evidence: 'community' | 'eu-dcc' | 'upload' | 'none'
  declared: string
  /** The member of staff who recorded it for the person. */
  declaredBy?: By | number | null
  review: 'waiting' | 'accepted' | 'refused'
  reviewed?: By | null
  remark?: string | null
}

export interface EvidenceAnswer {
  kind: Declaration['evidence']
  mediaType?: string | null
  /** base64 */
  data?: string | null
  text?: string | null
}
