/// The content of an EU digital COVID certificate (schema 1.0.0 to 1.3.0): one person, one vaccination, test or
/// recovery. Exactly one entry is required, because one certificate proves one thing. Beyond that the schema is
/// not enforced: trusted issuers break its patterns and lengths, and the signature says that the content is
/// genuine. A verdict that lacks a member falls back to a check by hand.
import { FormatError } from './bytes'
import { type Cbor, type CborMap, Float, Tagged } from './cbor'
import type { TestClaim, VaccineClaim } from './claims'

export type DccKind = 'vaccination' | 'test' | 'recovery'

/** What a gate needs of a certificate's content. */
export interface DccContent {
  readonly kind: DccKind
  /** Family name, then given name, as printed. */
  readonly name: string
  /** Null when it is another proof, or when its time or result cannot be read. */
  readonly test: TestClaim | null
  /** True for a nucleic acid or rapid antigen test for SARS-CoV-2 by the EU value sets. */
  readonly recognisedTest: boolean
  readonly vaccine: VaccineClaim | null
}

const GROUPS: readonly (readonly [key: string, kind: DccKind])[] = [
  ['v', 'vaccination'],
  ['t', 'test'],
  ['r', 'recovery'],
]
/** SNOMED CT and LOINC codes of the EU value sets. */
const SARS_COV_2 = '840539006'
const TEST_TYPES: readonly string[] = ['LP6464-4', 'LP217198-3']
const RESULTS: Record<string, TestClaim['outcome']> = { '260415000': 'negative', '260373001': 'positive' }
const INSTANT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i

/** Seconds of an ISO 8601 instant, without a zone taken as UTC; null when it is none. */
export function instantOf(text: string): number | null {
  const [, date, time = '00:00', zone = 'Z'] = INSTANT.exec(text) ?? []
  const digits = zone.replace(':', '').padEnd(5, '0')
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${digits.slice(0, 3)}:${digits.slice(3)}`
  const ms = date ? Date.parse(`${date}T${time}${offset}`) : Number.NaN
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000)
}

/** A member without the tag that some issuers put on dates; they also write numbers as floats. */
function member(map: CborMap, key: string): Cbor {
  const tagged = map.get(key)
  const value = tagged instanceof Tagged ? tagged.value : tagged
  return value instanceof Float ? value.value : value
}

function text(map: CborMap, key: string): string | null {
  const value = member(map, key)
  return typeof value === 'string' ? value : null
}

function personName(nam: Cbor): string {
  if (!(nam instanceof Map)) return ''
  return `${text(nam, 'fn') ?? text(nam, 'fnt') ?? ''} ${text(nam, 'gn') ?? text(nam, 'gnt') ?? ''}`.trim()
}

/** The one entry. A group that is null or empty is not there: some issuers write it so. */
function entryOf(content: CborMap): { kind: DccKind; entry: CborMap } {
  const found: { kind: DccKind; entry: CborMap }[] = []
  for (const [key, kind] of GROUPS) {
    const list = content.get(key)
    for (const entry of Array.isArray(list) ? list : []) {
      if (!(entry instanceof Map)) throw new FormatError('DCC: an entry is not a map')
      found.push({ kind, entry })
    }
  }
  const [only, second] = found
  if (!only || second) throw new FormatError('DCC: not exactly one entry')
  return only
}

function readTest(entry: CborMap): TestClaim | null {
  const [result, sampled] = [text(entry, 'tr'), instantOf(text(entry, 'sc') ?? '')]
  if (result === null || sampled === null) return null
  return {
    sampled,
    reported: sampled,
    outcome: RESULTS[result] ?? 'indeterminate',
    institution: text(entry, 'tc') ?? text(entry, 'is') ?? '',
  }
}

function readVaccine(entry: CborMap): VaccineClaim | null {
  const [doses, date] = [member(entry, 'dn'), text(entry, 'dt')]
  if (typeof doses !== 'number' || !Number.isInteger(doses) || doses < 1 || doses > 99 || date === null) return null
  return { doses, last: [...date].slice(0, 10).join('') }
}

/** Reads the content of a verified certificate; throws {@link FormatError} when it has not exactly one entry. */
export function readDccContent(content: Cbor): DccContent {
  if (!(content instanceof Map)) throw new FormatError('DCC: content is not a map')
  const { kind, entry } = entryOf(content)
  const recognised = text(entry, 'tg') === SARS_COV_2 && TEST_TYPES.includes(text(entry, 'tt') ?? '')
  return {
    kind,
    name: personName(content.get('nam')),
    test: kind === 'test' ? readTest(entry) : null,
    recognisedTest: kind === 'test' && recognised,
    vaccine: kind === 'vaccination' ? readVaccine(entry) : null,
  }
}
