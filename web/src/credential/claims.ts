/// The claims of a credential: a CWT (RFC 8392) with a holder key (RFC 8747) and a status reference.
import { type Bytes, FormatError } from './bytes'
import { type Cbor, type CborKey, type CborMap, decodeCbor } from './cbor'
import { yOf } from './curve'

export type Colour = 'green' | 'yellow' | 'red'
export type CredentialKind = 'device' | 'relative' | 'paper'
export type TestOutcome = 'negative' | 'positive' | 'indeterminate' | 'invalid'

/** Latest nucleic acid test; times are unix seconds. */
export interface TestClaim {
  readonly sampled: number
  readonly reported: number
  readonly outcome: TestOutcome
  readonly institution: string
}

/** Vaccination: number of doses and the day of the last one, `YYYY-MM-DD`. */
export interface VaccineClaim {
  readonly doses: number
  readonly last: string
}

/** What a credential says about its holder. */
export interface Credential {
  readonly issuer: string
  readonly subject: Bytes
  readonly issuedAtS: number
  readonly expiresAtS: number
  readonly holderKey: { readonly x: Bytes; readonly y: Bytes } | null
  readonly status: { readonly index: number; readonly uri: string }
  readonly kind: CredentialKind
  readonly colour: Colour
  readonly name: string
  readonly documentTail: string
  readonly test: TestClaim | null
  readonly vaccine: VaccineClaim | null
}

export const CLAIM = {
  iss: 1,
  sub: 2,
  exp: 4,
  iat: 6,
  cnf: 8,
  statusList: 65533,
  ttl: 65534,
  status: 65535,
} as const
const PRIVATE = -65537
const SUBJECT_LENGTH = 16
const DAY_MS = 86_400_000

const KINDS: readonly CredentialKind[] = ['device', 'relative', 'paper']
/** By number; 1 would be void, which no credential is issued as. */
const COLOURS: readonly (Colour | undefined)[] = ['green', undefined, 'yellow', 'red']
const OUTCOMES: readonly TestOutcome[] = ['negative', 'positive', 'indeterminate', 'invalid']

/** Reads a claims set that must be a map. */
export function claimsMap(payload: Bytes): CborMap {
  return asMap(decodeCbor(payload), 'claims')
}

function asMap(value: Cbor, field: string): CborMap {
  if (value instanceof Map) return value
  throw new FormatError(`claims: ${field} is not a map`)
}

/** A text member; throws {@link FormatError} when it is missing or of another type. */
export function textMember(map: CborMap, key: CborKey, field: string): string {
  const value = map.get(key)
  if (typeof value === 'string') return value
  throw new FormatError(`claims: ${field} is not a text`)
}

/** An integer member within `limits`; throws {@link FormatError} otherwise. */
export function integerMember(map: CborMap, key: CborKey, field: string, limits = INT64): number {
  return integer(map.get(key), field, limits)
}

type Limits = readonly [least: number, most: number]
const INT64: Limits = [-(2 ** 63), 2 ** 63 - 1024]
const INT32: Limits = [-(2 ** 31), 2 ** 31 - 1]
const UINT32: Limits = [0, 2 ** 32 - 1]
const UINT8: Limits = [0, 255]

function integer(value: Cbor, field: string, [least, most]: Limits = INT64): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new FormatError(`claims: ${field} is not an integer in range`)
}

function bytesMember(map: CborMap, key: CborKey, length: number, field: string): Bytes {
  const value = map.get(key)
  if (value instanceof Uint8Array && value.length === length) return value
  throw new FormatError(`claims: ${field} is not ${length} bytes`)
}

function named<T>(names: readonly (T | undefined)[], value: Cbor, field: string): T {
  const name = names[integer(value, field, UINT8)]
  if (name === undefined) throw new FormatError(`claims: unknown ${field}`)
  return name
}

function readHolderKey(cnf: Cbor): Credential['holderKey'] {
  if (cnf === undefined) return null
  const key = asMap(asMap(cnf, 'cnf').get(1), 'holder key')
  if (key.get(1) !== 2 || key.get(-1) !== 1) throw new FormatError('claims: holder key is not P-256')
  const x = bytesMember(key, -2, 32, 'x')
  const odd = key.get(-3)
  const y = typeof odd === 'boolean' ? yOf(x, odd) : bytesMember(key, -3, 32, 'y')
  if (y === null) throw new FormatError('claims: holder key is not on the curve')
  return { x, y }
}

function readStatus(status: Cbor): Credential['status'] {
  const list = asMap(asMap(status, 'status').get('status_list'), 'status_list')
  return { index: integerMember(list, 'idx', 'idx', UINT32), uri: textMember(list, 'uri', 'uri') }
}

function readTest(value: Cbor): TestClaim | null {
  if (value === undefined) return null
  if (!Array.isArray(value) || value.length < 4) throw new FormatError('claims: test')
  const [sampled, reported, outcome, institution] = value
  if (typeof institution !== 'string') throw new FormatError('claims: institution')
  return {
    sampled: integer(sampled, 'sampled'),
    reported: integer(reported, 'reported'),
    outcome: named(OUTCOMES, outcome, 'test outcome'),
    institution,
  }
}

const FIRST_DAY = Date.parse('-009999-01-01') / DAY_MS
const LAST_DAY = Date.parse('9999-12-31') / DAY_MS

/** `YYYY-MM-DD` of a day counted from 1970-01-01; days beyond the calendar show its end. */
function dateOfDay(day: number): string {
  const iso = new Date(Math.min(LAST_DAY, Math.max(FIRST_DAY, day)) * DAY_MS).toISOString()
  return iso.slice(0, iso.indexOf('T'))
}

function readVaccine(value: Cbor): VaccineClaim | null {
  if (value === undefined) return null
  if (!Array.isArray(value) || value.length < 2) throw new FormatError('claims: vaccine')
  return { doses: integer(value[0], 'doses', UINT8), last: dateOfDay(integer(value[1], 'last dose', INT32)) }
}

/** Reads the claims of a verified credential; throws {@link FormatError} on a missing or wrong member. */
export function readCredential(payload: Bytes): Credential {
  const claims = claimsMap(payload)
  const own = asMap(claims.get(PRIVATE), 'private claims')
  const kind = named(KINDS, own.get(1), 'kind')
  const holderKey = readHolderKey(claims.get(CLAIM.cnf))
  if ((holderKey === null) !== (kind === 'paper')) throw new FormatError('claims: a holder key where none belongs')
  if (own.has(7)) integerMember(own, 7, 'flags', UINT32)
  return {
    issuer: textMember(claims, CLAIM.iss, 'iss'),
    subject: bytesMember(claims, CLAIM.sub, SUBJECT_LENGTH, 'sub'),
    issuedAtS: integerMember(claims, CLAIM.iat, 'iat'),
    expiresAtS: integerMember(claims, CLAIM.exp, 'exp'),
    holderKey,
    status: readStatus(claims.get(CLAIM.status)),
    kind,
    colour: named(COLOURS, own.get(2), 'colour'),
    name: textMember(own, 3, 'name'),
    documentTail: textMember(own, 4, 'document tail'),
    test: readTest(own.get(5)),
    vaccine: readVaccine(own.get(6)),
  }
}
