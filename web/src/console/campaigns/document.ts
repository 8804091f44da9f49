/// A campaign's document, read from its text and written as text. The form writes JSON; TOML stays TOML while it is edited as text.
import { parse } from 'smol-toml'
import { misfitOf } from './document_shape'
import { localOf, msOf, type TestWindow } from './windows'

export interface Words {
  zh: string
  en: string
}
export const LEVELS = ['sealed', 'controlled', 'precaution'] as const
export type ZoneLevel = (typeof LEVELS)[number]
export const GROUPS = ['permanent', 'temporary', 'floating', 'foreign'] as const
export const POINT_KINDS = ['fixed', 'mobile', 'door-to-door'] as const
export const SPARED = ['sealed-zone', 'isolation'] as const
export const EXEMPTIONS = ['zone-tested', 'vaccinated', 'outside-city', 'tested'] as const

/** A district by its code, or a functional zone by its name. */
export interface AreaEntry {
  code?: number
  zone?: string
  windows: TestWindow[]
}
export type Exemption =
  | { kind: 'zone-tested'; zones: ZoneLevel[]; on: string }
  | { kind: 'vaccinated' | 'tested'; within_h: number }
  | { kind: 'outside-city'; negative_within_h: number }
export interface ZoneEntry {
  level: ZoneLevel
  codes: number[]
}

/** The document, with the keys that stand in it. */
export interface CampaignDocument {
  id: string
  city: number
  name: Words
  basis: Words
  areas: AreaEntry[]
  population: { groups: (typeof GROUPS)[number][] }
  points: { kinds: (typeof POINT_KINDS)[number][]; at_work_after_declaring: boolean }
  exemptions: Exemption[]
  zones: ZoneEntry[]
  consequence: { reason: string; spared: (typeof SPARED)[number][] }
  notices: { start: Words; reminder: Words; reminder_h: number; missed: Words }
}

/** What became of reading a text: `misfit` names what a form has no place for. */
export type Reading = { document: CampaignDocument } | { misfit: string } | { unreadable: true }

/** Is it JSON? As the server sees it. */
export function isJson(text: string): boolean {
  return text.replace(/^\uFEFF/, '').trimStart().startsWith('{')
}

export function readDocument(text: string): Reading {
  let value: Record<string, unknown>
  try {
    const plain = text.replace(/^\uFEFF/, '')
    value = (isJson(text) ? JSON.parse(plain) : parse(plain)) as Record<string, unknown>
  } catch {
    return { unreadable: true }
  }
  const misfit = misfitOf(value)
  if (misfit !== null) return { misfit }
  const { exemptions = [], zones = [] } = value
  const read = { ...value, exemptions, zones } as unknown as CampaignDocument
  const { points, consequence } = read
  return {
    document: {
      ...read,
      points: { ...points, at_work_after_declaring: points.at_work_after_declaring ?? false },
      consequence: { ...consequence, spared: consequence.spared ?? [] },
    },
  }
}

/** As JSON that a person can read, too. */
export function writtenDocument(document: CampaignDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

const NO_WORDS: Words = { zh: '', en: '' }

/** A document with nothing in it but what every round has. */
export function skeleton(city: number): CampaignDocument {
  return {
    ...{ id: '', city, name: NO_WORDS, basis: NO_WORDS, areas: [] },
    population: { groups: [...GROUPS] },
    points: { kinds: ['fixed', 'mobile'], at_work_after_declaring: false },
    ...{ exemptions: [], zones: [] },
    consequence: { reason: 'missed-round', spared: [...SPARED] },
    notices: { start: NO_WORDS, reminder: NO_WORDS, reminder_h: 3, missed: NO_WORDS },
  }
}

/** The first day of the document, `2022-01-05`; empty while there is no time. */
export function firstDay({ areas }: CampaignDocument): string {
  const begins = areas.flatMap(({ windows }) => windows.map(({ from }) => from)).filter((from) => msOf(from) !== null)
  return begins.sort()[0]?.slice(0, 10) ?? ''
}

/** The same document with every date moved, so that the first day is this one. */
export function movedTo(document: CampaignDocument, day: string): CampaignDocument {
  const [from, to] = [msOf(`${firstDay(document)}T00:00`), msOf(`${day}T00:00`)]
  if (from === null || to === null) return document
  const move = (local: string) => {
    const ms = msOf(local)
    return ms === null ? local : localOf(ms + to - from)
  }
  const moveDay = (date: string) => move(`${date}T00:00`).slice(0, 10)
  return {
    ...document,
    areas: document.areas.map((area) => ({ ...area, windows: area.windows.map((window) => ({ from: move(window.from), to: move(window.to) })) })),
    exemptions: document.exemptions.map((each) => (each.kind === 'zone-tested' ? { ...each, on: moveDay(each.on) } : each)),
  }
}

