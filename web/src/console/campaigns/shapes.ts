/// Shapes of the campaigns' part of the HTTP contract, as the server writes them. Types only.
import type { By } from '../../api/types'
import type { TestWindow } from './windows'

export type CampaignState = 'draft' | 'approved' | 'running' | 'closing' | 'closed' | 'reversed' | 'withdrawn'

/** What closing would do, counted at `asOf`. */
export interface ClosingCounts {
  asOf: string
  people: number
  /** How many get the reason now. */
  given: number
  /** 0 to 1 of all people. */
  share: number
  /** That of the last round that was closed. */
  lastShare?: number | null
  lastId?: string | null
  /** At most so many may be given it. */
  mostGiven?: number | null
  spared: { sealedZone: number; isolation: number }
  waiting: number
  exempt: number
  sampled: number
  /** Set when a closing was stopped, since more people would have been coloured than were approved: how many were. */
  stoppedAt?: number | null
}

export interface Campaign {
  number: number
  id: string
  nameZh: string
  nameEn: string
  basisZh: string
  basisEn: string
  state: CampaignState
  version: number
  from: string
  to: string
  reason: string
  /** What the rules in force give for the reason; absent where the server does not say. */
  colour?: 'green' | 'yellow' | 'red' | null
  drafted: By
  approved?: By | null
  started?: By | null
  closingAsked?: By | null
  closingApproved?: By | null
  closed?: By | null
  reversed?: By | null
  withdrawn?: By | null
  /** People who were given the reason. */
  given: number
  /** People from whom it was taken back as a whole. */
  undone: number
  mostGiven?: number | null
  closing?: ClosingCounts | null
}

export interface CampaignArea {
  area: { kind: 'district' | 'zone'; code?: number; zone?: string }
  nameZh: string
  nameEn?: string
  windows: TestWindow[]
}

export interface Refinement {
  number: number
  scope: { kind: 'area' | 'street' | 'community'; code?: number; zone?: string; district?: number }
  scopeName: string
  windows: TestWindow[]
  by: By
}

export interface CampaignFile extends Campaign {
  document: string
  format: 'toml' | 'json'
  areas: CampaignArea[]
  refinements: Refinement[]
  notes?: Remark[]
}

/** What to know although nothing is wrong. */
export interface Remark {
  zh: string
  en: string
}

/** One mistake in a document. */
export interface TextProblem {
  line?: number | null
  field: string
  zh: string
  en: string
}

export interface CheckedDocument {
  valid: boolean
  problems: TextProblem[]
  campaign?: { id: string; nameZh: string; nameEn: string; from: string; to: string; areas: CampaignArea[]; notes?: Remark[] } | null
}

export const STANDINGS = ['sampled', 'zoneTested', 'vaccinated', 'outsideCity', 'tested', 'waiting', 'open', 'spared', 'notIncluded'] as const
/** How many people stand where. */
export type Standings = Record<(typeof STANDINGS)[number], number>

export interface CoverageItem {
  /** District code, zone id, or twelve digits of a community. */
  code?: number | string
  key?: number | string
  communityId?: number
  nameZh?: string
  streetName?: string
  /** Null where no household is known. */
  householdId?: string | null
  people: number
  households?: number
  householdsDone?: number
  standings: Standings
  samplesPerMin?: number | null
}

export interface Coverage {
  asOf: string
  number: number
  total: Standings & { people: number }
  items: CoverageItem[]
  withoutCommunity?: number
}

export interface Progress {
  /** Since when this server has counted. */
  since?: string
  items: { at: string; sampled: number; open: number }[]
}
