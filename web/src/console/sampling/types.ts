/// Shapes of sampling, logistics and results of tubes, as the server writes them. Types only.
import type { By, Method, Outcome, PersonBrief } from '../../api/types'

export type SampleFlag =
  | 'already-sampled'
  | 'tube-over'
  | 'barcode-used'
  | 'tube-sealed'
  | 'household-mixed'
  | 'after-result'
  | 'name-differs'
  | 'result-without-samples'
  | 'undone-after-result'
  | 'sampled-after-receipt'

export interface TubeSample {
  id: string
  person: PersonBrief
  sampled: string
  source: 'code' | 'paper' | 'id-card' | 'typed'
  staffId: number
  undone?: string | null
  undoneBy?: By | null
}

/** One version of what a lab told of a tube; the highest counts. */
export interface TubeResult {
  version: number
  id: string
  outcome: Outcome
  method: Method
  received: string
  reported: string
  institution: string
  posted: string
  staffId: number
  remark?: string | null
}

export interface TubeFile {
  tube: string
  /** Absent while nobody has told of a sample in it. */
  size?: number | null
  household: boolean
  campaign?: number | null
  pointId?: number | null
  pointName?: string | null
  opened?: string | null
  sealed?: string | null
  box?: string | null
  received?: string | null
  people: number
  flags: SampleFlag[]
  samples: TubeSample[]
  results: TubeResult[]
}

/** What became of one row about a tube. */
export interface TubeRowOutcome {
  id: string
  tube?: string
  status: 'recorded' | 'duplicate' | 'rejected'
  version?: number | null
  people?: number | null
  /** Stable word. */
  problem?: string | null
  detail?: string | null
  detailZh?: string | null
}

export interface ReceivedBox {
  box: string
  pointId?: number | null
  pointName?: string | null
  packed?: string | null
  packedBy?: By | null
  courier?: string | null
  handedOver?: string | null
  received?: string | null
  receivedBy?: By | null
  /** Sent in the box and not received by the lab. */
  missing: string[]
  /** Came in the box and not sent in it. */
  unsent: string[]
}

export type OverdueKind = 'unpacked' | 'in-transit' | 'without-result' | 'received-unsent'

export interface OverdueTube {
  tube: string
  box?: string | null
  owner?: { kind: string; name: string } | null
  since: string
  ageS: number
  people: number
}

export interface SampleProblem {
  id: number | string
  at: string
  kind: SampleFlag
  tube: string
  person?: PersonBrief | null
  pointId?: number | null
  pointName?: string | null
  staffId?: number | null
  resolved?: string | null
  /** Absent where it was over by itself. */
  resolvedBy?: By | null
  remark?: string | null
}

export interface ResampleTask {
  id: string
  person: PersonBrief
  tube: string
  campaign?: number | null
  sampled: string
  made: string
  ageS: number
}

export interface CaseFile {
  id: string
  person: PersonBrief
  opened: string
  tube?: string | null
  state: 'open' | 'withdrawn'
}
