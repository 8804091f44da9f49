/// Shapes of the HTTP contract, as the server writes them. Types only: nothing of this file is shipped.

export type Colour = 'green' | 'yellow' | 'red'
export type DocumentKind =
  | 'resident-id'
  | 'passport'
  | 'foreign-permanent-resident-card'
  | 'hk-macao-permit'
  | 'taiwan-permit'
export interface DocumentInput {
  kind: DocumentKind
  number: string
}
export type Outcome = 'negative' | 'positive' | 'indeterminate' | 'invalid'
export type Tube = 'single' | 'pooled'
export type Method = 'naat' | 'antigen'
export type ClockReference = 'sampled' | 'received' | 'reported'
export type BadgeName = 'within-24h' | 'within-48h' | 'within-72h' | 'older'

/** Why a code has its colour. Times are RFC 3339. */
export interface Reason {
  code: string
  textZh: string
  textEn: string
  since: string
  until?: string | null
  basisZh: string
  basisEn: string
  wayBackZh: string
  wayBackEn: string
}

export interface TestResult {
  sampled: string
  received: string
  reported: string
  outcome: Outcome
  tube: Tube
  method: Method
  institution: string
}

/** A result on file. */
export interface ResultOnFile extends TestResult {
  /** The lab corrected it: when that was posted, and what the person's result said before. */
  corrected?: { at: string; formerOutcome: Outcome } | null
}

export interface Vaccination {
  doses: number
  /** `YYYY-MM-DD` */
  last: string
}

/** A code as shown to its holder. */
export interface Code {
  personId: string
  /** masked */
  name: string
  documentTail: string
  colour: Colour
  reasons: Reason[]
  test: (TestResult & { badge: BadgeName }) | null
  vaccine: Vaccination | null
  kind: 'device' | 'relative'
  /** base64url COSE_Sign1 */
  credential: string
  issuedAt: string
  expiresAt: string
  asOf: string
  clockReference: ClockReference
}

export interface Session {
  token: string
  expiresAt: string
}

/** Remark on a document, such as a retired division code. */
export interface Note {
  textZh: string
  textEn: string
}

/** Answer to registration and to log in on a device. */
export interface Registered {
  session: Session
  code: Code
  notes?: Note[]
}

export interface Community {
  id: number
  name: string
  street: string
  district: string
  districtCode?: number
  /** Twelve digits; the first nine are the street's. */
  code?: number
}

export interface Page<T> {
  items: T[]
  nextCursor?: string | null
}

export interface Relative {
  personId: string
  relation: string
  code: Code
}

export interface PaperCode {
  paperId: string
  /** `YMT1:…` */
  text: string
  name: string
  documentTail: string
  issuedAt: string
  expiresAt: string
  colour: Colour
  city: string
}

/** `GET /v1/server`: configuration of the pages. */
export interface ServerInfo {
  city: { code: number; nameZh: string; nameEn: string }
  demo: boolean
  time: string
  statusListBase: string
  /** What the city wants everybody to know. */
  notice?: CityNotice | null
  /** Rounds of testing that are approved and not closed. Without it a page asks for the schedule to know. */
  rounds?: number
  /** Functions that operators have switched off to keep the rest going. */
  switchedOff?: SwitchedOff[]
}

export type SwitchedOff = 'history' | 'vaccineBadge' | 'statistics'

export interface CityNotice {
  zh: string
  en: string
  level: 'info' | 'warning'
  /** RFC 3339 */
  at: string
}

/** Figures of the waiting room that are the same for everybody. */
export interface RoomFigures {
  /** Places below have been called. */
  serving: number
  /** The next place to be given out. */
  issued: number
  /** Places called per second. */
  ratePerS: number
  /** Shortest time between two polls, in seconds. */
  pollS: number
  /** Longest time between two polls, in seconds. */
  longestPollS: number
  /** A first ticket gets a place when it is shown after so many seconds. */
  placeAfterS: number
  /** Nobody is called at the moment; places are kept. */
  paused: boolean
  /** RFC 3339 */
  asOf: string
}

/** `GET /v1/room/now.json` */
export interface RoomNow extends RoomFigures {
  /** Seconds a called person may take to come. */
  claimS: number
  notice: CityNotice | null
}

/** Body of the refusal `wait-in-room`. */
export interface WaitInRoom extends RoomFigures {
  ticket: string
  /** Null: show the ticket in a moment, and it gets a place. */
  seq: number | null
  /** The ticket shown was called too long ago; this is a new place. */
  expired: boolean
}

export type Role =
  | 'verifier'
  | 'sampler'
  | 'lab'
  | 'community-worker'
  | 'tracer'
  | 'headquarters'
  | 'approver'
  | 'hotline-agent'
  | 'operator'
  | 'auditor'

export interface Staff {
  id: number
  name: string
  role: Role
  venueId?: number | null
  disabled?: boolean
}

export interface StaffSession extends Session {
  staff: Staff
}

export interface DemoAccount {
  name: string
  role: Role
  password: string
  totp: string
}

export interface Venue {
  id: number
  name: string
  type: string
  districtCode: number
}

/** Answer to a check by document number. */
export interface CheckAnswer {
  personId: string
  name: string
  documentTail: string
  colour: Colour
  reasons: Reason[]
  test: TestResult | null
  vaccine: Vaccination | null
  subject: string
  asOf: string
}

export interface RowOutcome {
  id: string
  status: 'recorded' | 'duplicate' | 'rejected'
  /** stable word */
  problem?: string | null
  detail?: string | null
}

export interface NewStaff {
  id: number
  name: string
  role: Role
  initialPassword?: string | null
  totpSecret: string
  totpUri: string
}

export interface AuditEntry {
  id: number
  at: string
  staffId: number | null
  staffName: string | null
  action: string
  subjectId?: string | null
  purpose?: string | null
}

/** `GET /v1/people/{personId}`: the whole file, audited. */
export interface PersonFile {
  personId: string
  documentKind: DocumentKind
  documentNumber: string
  name: string
  phone: string | null
  birthDate: string | null
  nationality: string
  communityId: number | null
  householdId: string | null
  registeredAt: string
  colour: Colour
  reasons: Reason[]
  results: ResultOnFile[]
  vaccine: Vaccination | null
}

/** People a tube takes. */
export type TubeSize = 1 | 5 | 10 | 20
/** How the sampler knew whose swab it is. */
export type SampleSource = 'code' | 'paper' | 'id-card' | 'typed'

/** Somebody in a list for staff: name masked, and the end of the document; both empty while they cannot be read. */
export interface PersonBrief {
  personId: string
  name: string
  documentTail: string
  communityId?: number | null
  communityName?: string | null
  householdId?: string | null
}

/** Who did something, and when (RFC 3339). */
export interface By {
  staffId: number
  name: string
  at: string
}

export type PointKind = 'fixed' | 'mobile' | 'door-to-door'

/** A place where swabs are taken, with its load. */
export interface SamplingPoint {
  id: number
  name: string
  kind: PointKind
  /** Code of the community (12 digits) or the street (9). */
  area: number
  areaName: string
  address: string
  /** RFC 3339, as the other times. */
  opens?: string | null
  closes?: string | null
  closed?: string | null
  /** People in the queue, as somebody at the point said. */
  waiting?: number | null
  waitingAt?: string | null
  people10Min: number
  peopleToday: number
  tubesToday: number
}

/** `GET /v1/sampling-points/queues`: what the display at a point and residents see. */
export interface PointQueues {
  asOf: string
  items: Pick<SamplingPoint, 'id' | 'name' | 'kind' | 'address' | 'opens' | 'closes' | 'waiting' | 'waitingAt' | 'people10Min'>[]
}

/** `POST /v1/samples/check` */
export interface SampleCheck {
  known: boolean
  /** masked */
  name?: string | null
  documentTail?: string | null
  colour?: Colour | null
  standing: 'sampled' | 'open' | 'none'
  needsSingle: boolean
}

/** Outcome of a row of samples or sealed tubes. */
export interface SampleOutcome {
  id: string
  status: 'recorded' | 'duplicate' | 'rejected'
  flags?: string[] | null
  problem?: string | null
  detail?: string | null
  detailZh?: string | null
}

/** A round as the table needs it. */
export interface CampaignBrief {
  number: number
  nameZh: string
  nameEn: string
  state: string
}
