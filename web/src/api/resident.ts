/// Shapes of what a round of testing means to one resident: schedule, samples, results, proofs, declarations. Types only.
import type { BadgeName, ResultOnFile } from './types'

/** A result in the history. */
export interface HistoryResult extends ResultOnFile {
  id?: string
  tubeBarcode?: string | null
  /** The sampling point's name. */
  site?: string | null
  badge?: BadgeName | null
}

/** A sample that was taken of the resident. */
export interface Sample {
  id: string
  sampled: string
  /** Barcode of the tube. */
  tube: string
  /** People the tube is for. */
  size: number
  campaign?: number | null
  pointName?: string | null
  undone?: string | null
}

/** `GET /v1/results/{id}/proof` */
export interface Proof {
  /** In full, as on the document. */
  name: string
  maskedName: string
  documentKind: string
  documentTail: string
  result: HistoryResult
  /** `HC1:…` */
  certificate: string
  certificateId: string
  issuedAt: string
  city: { nameZh: string; nameEn: string }
  keyId: string
}

export interface Window {
  from: string
  to: string
}

export type Standing =
  | 'not-included'
  | 'sampled'
  | 'resample'
  | 'isolated'
  | 'zone-tested'
  | 'vaccinated'
  | 'outside-city'
  | 'tested'
  | 'waiting'
  | 'open'

export interface SchedulePoint {
  id: number
  name: string
  kind: 'fixed' | 'mobile' | 'door-to-door'
  address: string
  opens?: string | null
  closes?: string | null
  /** People in the queue, as staff counted at `waitingAt`. */
  waiting?: number | null
  waitingAt?: string | null
  /** People sampled there in the last 10 minutes. */
  people10Min: number
}

/** One round for one person: the holder, or a relative. */
export interface ScheduleItem {
  number: number
  id: string
  nameZh: string
  nameEn: string
  state: 'approved' | 'running' | 'closing'
  person: { personId: string; name: string; relation?: string | null }
  windows: Window[]
  standing: Standing
  /** Has declared to be tested at work. */
  atWork: boolean
  /** Something can be declared for it still; not said by servers before this was known. */
  declarable?: boolean
  noticeZh: string
  noticeEn: string
  reminderZh?: string | null
  reminderEn?: string | null
  missedZh?: string | null
  missedEn?: string | null
  points: SchedulePoint[]
}

/** `GET /v1/schedule` */
export interface Schedule {
  asOf: string
  items: ScheduleItem[]
}

export type DeclarationKind = 'vaccinated' | 'outside-city' | 'at-work'

export interface Declaration {
  personId: string
  id: string
  campaign?: number | null
  kind: DeclarationKind
  sampled?: string | null
  evidence: 'community' | 'eu-dcc' | 'upload' | 'none'
  declared: string
  review: 'waiting' | 'accepted' | 'refused'
  /** When; who it was is not told. */
  reviewed?: { at: string } | null
  remark?: string | null
}

/** What a declaration rests on, as it is sent. */
export type EvidenceInput =
  | { kind: 'none' }
  | { kind: 'eu-dcc'; text: string }
  | { kind: 'upload'; mediaType: string; data: string }
