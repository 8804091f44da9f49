/// The content of an EU digital COVID certificate (schema 1.3.0): one person, one vaccination, test or recovery.
import { FormatError } from './bytes'
import { type Cbor, type CborMap, Tagged } from './cbor'
import type { TestClaim } from './claims'

export type DccKind = 'vaccination' | 'test' | 'recovery'

/** What a gate needs of a certificate's content. */
export interface DccContent {
  readonly kind: DccKind
  /** Name as printed in the passport, family name first. */
  readonly name: string
  readonly birthDate: string
  readonly test: TestClaim | null
}

const ENTRIES: Record<DccKind, { key: string; texts: readonly string[]; counts: readonly string[] }> = {
  vaccination: { key: 'v', texts: ['tg', 'vp', 'mp', 'ma', 'dt', 'co', 'is', 'ci'], counts: ['dn', 'sd'] },
  test: { key: 't', texts: ['tg', 'tt', 'sc', 'tr', 'co', 'is', 'ci'], counts: [] },
  recovery: { key: 'r', texts: ['tg', 'fr', 'co', 'is', 'df', 'du', 'ci'], counts: [] },
}
const KINDS = Object.keys(ENTRIES) as DccKind[]
/** SNOMED CT codes of the EU value set. */
const RESULTS: Record<string, TestClaim['outcome']> = { '260415000': 'negative', '260373001': 'positive' }
const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)$/i

/** Seconds of an RFC 3339 instant; some issuers leave out the colon or the minutes of the offset. */
export function instantOf(text: string): number {
  const [, date, time, , zone = ''] = INSTANT.exec(text) ?? []
  const digits = zone.replace(':', '').padEnd(5, '0')
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${digits.slice(0, 3)}:${digits.slice(3)}`
  const ms = date ? Date.parse(`${date}T${time}${offset}`) : Number.NaN
  if (Number.isNaN(ms)) throw new FormatError('DCC: not an instant')
  return Math.floor(ms / 1000)
}

function member(map: CborMap, key: string): string {
  const value = map.get(key)
  const text = value instanceof Tagged ? value.value : value
  if (typeof text !== 'string') throw new FormatError(`DCC: ${key} is not a text`)
  return text
}

function personName(content: CborMap): string {
  const nam = content.get('nam')
  if (!(nam instanceof Map)) throw new FormatError('DCC: nam')
  const part = (plain: string, standard: string) => {
    const value = nam.get(plain) ?? nam.get(standard)
    return typeof value === 'string' ? value : ''
  }
  if (typeof nam.get('fnt') !== 'string') throw new FormatError('DCC: nam.fnt')
  return `${part('fn', 'fnt')} ${part('gn', 'gnt')}`.trim()
}

function entryOf(content: CborMap): { kind: DccKind; entry: CborMap } {
  const present = KINDS.filter((kind) => content.get(ENTRIES[kind].key) != null)
  const kind = present[0]
  if (kind === undefined || present.length > 1) throw new FormatError('DCC: not exactly one kind')
  const list = content.get(ENTRIES[kind].key)
  const entry = Array.isArray(list) && list.length === 1 ? list[0] : undefined
  if (!(entry instanceof Map)) throw new FormatError('DCC: not exactly one entry')
  for (const key of ENTRIES[kind].texts) member(entry, key)
  for (const key of ENTRIES[kind].counts) {
    const value = entry.get(key)
    if (typeof value !== 'number' || !Number.isInteger(value)) throw new FormatError(`DCC: ${key}`)
  }
  return { kind, entry }
}

function readTest(entry: CborMap): TestClaim {
  const sampled = instantOf(member(entry, 'sc'))
  const site = entry.get('tc')
  return {
    sampled,
    reported: sampled,
    outcome: RESULTS[member(entry, 'tr')] ?? 'indeterminate',
    institution: typeof site === 'string' ? site : member(entry, 'is'),
  }
}

/** Reads the content of a verified certificate; throws {@link FormatError} when it breaks the schema. */
export function readDccContent(content: Cbor): DccContent {
  if (!(content instanceof Map)) throw new FormatError('DCC: content is not a map')
  if (!/^\d+\.\d+\.\d+$/.test(member(content, 'ver'))) throw new FormatError('DCC: ver')
  const { kind, entry } = entryOf(content)
  return {
    kind,
    name: personName(content),
    birthDate: member(content, 'dob'),
    test: kind === 'test' ? readTest(entry) : null,
  }
}
