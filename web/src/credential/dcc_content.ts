/// The content of an EU digital COVID certificate (schema 1.3.0): one person, one vaccination, test or recovery.
/// Checked as the schema says: required members, types, lengths, patterns, exactly one group with one entry.
/// Value sets are not part of it: `tt` may be a code that nobody lists.
import { FormatError } from './bytes'
import { type Cbor, type CborMap, Tagged } from './cbor'
import type { TestClaim, VaccineClaim } from './claims'

export type DccKind = 'vaccination' | 'test' | 'recovery'

/** What a gate needs of a certificate's content. */
export interface DccContent {
  readonly kind: DccKind
  /** Family name, then given name, as printed. */
  readonly name: string
  /** Null when it is another proof, or when its time cannot be read. */
  readonly test: TestClaim | null
  /** True for a nucleic acid or rapid antigen test for SARS-CoV-2 by the EU value sets. */
  readonly recognisedTest: boolean
  readonly vaccine: VaccineClaim | null
}

const GROUPS: readonly (readonly [key: string, kind: DccKind, required: readonly string[]])[] = [
  ['v', 'vaccination', ['tg', 'vp', 'mp', 'ma', 'dt', 'co', 'is', 'ci']],
  ['t', 'test', ['tg', 'tt', 'sc', 'tr', 'co', 'is', 'ci']],
  ['r', 'recovery', ['tg', 'fr', 'co', 'is', 'df', 'du', 'ci']],
]
/** SNOMED CT and LOINC codes of the EU value sets. */
const SARS_COV_2 = '840539006'
const TEST_TYPES: readonly string[] = ['LP6464-4', 'LP217198-3']
const RESULTS: Record<string, TestClaim['outcome']> = { '260415000': 'negative', '260373001': 'positive' }
const MAX_CHARS = 80
const INSTANT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i

/** Seconds of an ISO 8601 instant, without a zone taken as UTC; null when it is none. */
export function instantOf(text: string): number | null {
  const [, date, time = '00:00', zone = 'Z'] = INSTANT.exec(text) ?? []
  const digits = zone.replace(':', '').padEnd(5, '0')
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${digits.slice(0, 3)}:${digits.slice(3)}`
  const ms = date ? Date.parse(`${date}T${time}${offset}`) : Number.NaN
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000)
}

/** A member without the tag that some issuers put on dates. */
function member(map: CborMap, key: string): Cbor {
  const value = map.get(key)
  return value instanceof Tagged ? value.value : value
}

function text(map: CborMap, key: string): string {
  const value = member(map, key)
  if (typeof value !== 'string') throw new FormatError(`DCC: ${key} is not a text`)
  return value
}

/** A text that may be absent; longer ones break the schema. */
function shortText(map: CborMap, key: string): string | null {
  if (!map.has(key)) return null
  const value = text(map, key)
  if ([...value].length > MAX_CHARS) throw new FormatError(`DCC: ${key} is too long`)
  return value
}

function personName(nam: Cbor): string {
  if (!(nam instanceof Map)) throw new FormatError('DCC: nam')
  const [fn, gn, fnt, gnt] = [shortText(nam, 'fn'), shortText(nam, 'gn'), shortText(nam, 'fnt'), shortText(nam, 'gnt')]
  if (fnt === null || !/^[A-Z<]*$/.test(fnt) || !/^[A-Z<]*$/.test(gnt ?? '')) throw new FormatError('DCC: fnt, gnt')
  return `${fn ?? fnt} ${gn ?? gnt ?? ''}`.trim()
}

function entryOf(content: CborMap): { kind: DccKind; entry: CborMap } {
  const [group, second] = GROUPS.filter(([key]) => content.has(key))
  if (!group || second) throw new FormatError('DCC: not exactly one kind of proof')
  const [key, kind, required] = group
  const list = content.get(key)
  const entry = Array.isArray(list) && list.length === 1 ? list[0] : undefined
  if (!(entry instanceof Map)) throw new FormatError('DCC: not exactly one entry')
  for (const each of required) text(entry, each)
  // The schema's pattern has no anchors: one capital letter suffices.
  if (!/[A-Z]/.test(text(entry, 'co'))) throw new FormatError('DCC: co')
  for (const each of ['is', 'ci', 'tc']) shortText(entry, each)
  for (const each of ['nm', 'ma', 'dr']) if (entry.has(each)) text(entry, each)
  return { kind, entry }
}

function readTest(entry: CborMap): TestClaim | null {
  const sampled = instantOf(text(entry, 'sc'))
  if (sampled === null) return null
  return {
    sampled,
    reported: sampled,
    outcome: RESULTS[text(entry, 'tr')] ?? 'indeterminate',
    institution: shortText(entry, 'tc') ?? text(entry, 'is'),
  }
}

function dose(entry: CborMap, key: string): number {
  const value = member(entry, key)
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 9) throw new FormatError(`DCC: ${key}`)
  return value
}

function readVaccine(entry: CborMap): VaccineClaim {
  dose(entry, 'sd')
  return { doses: dose(entry, 'dn'), last: [...text(entry, 'dt')].slice(0, 10).join('') }
}

/** Reads the content of a verified certificate; throws {@link FormatError} when it breaks the schema. */
export function readDccContent(content: Cbor): DccContent {
  if (!(content instanceof Map)) throw new FormatError('DCC: content is not a map')
  if (!/^\d+\.\d+\.\d+$/.test(text(content, 'ver'))) throw new FormatError('DCC: ver')
  if (!/^((19|20)\d\d(-\d\d){0,2})?$/.test(text(content, 'dob'))) throw new FormatError('DCC: dob')
  const { kind, entry } = entryOf(content)
  const recognised = member(entry, 'tg') === SARS_COV_2 && TEST_TYPES.includes(String(member(entry, 'tt')))
  return {
    kind,
    name: personName(content.get('nam')),
    test: kind === 'test' ? readTest(entry) : null,
    recognisedTest: kind === 'test' && recognised,
    vaccine: kind === 'vaccination' ? readVaccine(entry) : null,
  }
}
