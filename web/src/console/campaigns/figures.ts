/// Figures of a round as people read them: counts, shares, who is done, and when a closing must be looked at twice.
import type { By } from '../../api/types'
import type { Campaign, CampaignFile, ClosingCounts, CoverageItem, Standings } from './shapes'

export function count(n: number | null | undefined): string {
  return n === null || n === undefined ? '–' : n.toLocaleString('en-US')
}

/** `1.7%`; a few people of millions are not nothing, and of nobody there is no share. */
export function percent(share: number | null): string {
  if (share === null) return '—'
  if (share > 0 && share < 0.0005) return '<0.1%'
  return `${(100 * share).toFixed(1)}%`
}

/** Excused from being tested. */
export function exempt(standings: Standings): number {
  return standings.zoneTested + standings.vaccinated + standings.outsideCity + standings.tested
}

/** Need not be looked for any more: sampled or excused. */
export function done(standings: Standings): number {
  return standings.sampled + exempt(standings)
}

/** 0 to 1; null where there is nobody to be sampled. */
export function doneShare({ people, standings }: Pick<CoverageItem, 'people' | 'standings'>): number | null {
  const asked = people - standings.notIncluded
  return asked > 0 ? done(standings) / asked : null
}

/** The least done first, and last who has nobody to be sampled. */
export function leastDoneFirst(items: readonly CoverageItem[]): CoverageItem[] {
  const rank = (item: CoverageItem) => doneShare(item) ?? 2
  return [...items].sort((a, b) => rank(a) - rank(b) || b.standings.open - a.standings.open)
}

/** Somebody is still to be tested, or a declaration waits. */
export function isMissing({ standings }: Pick<CoverageItem, 'standings'>): boolean {
  return standings.open + standings.waiting > 0
}

/** Does closing colour more than twice the share of the last round? */
export function isAlarming({ share, lastShare }: ClosingCounts): boolean {
  return lastShare !== null && lastShare !== undefined && share > 2 * lastShare
}

const SIGNATURES = ['drafted', 'approved', 'started', 'closingAsked', 'closingApproved', 'closed', 'reversed', 'withdrawn'] as const
export type Signature = (typeof SIGNATURES)[number]

/** What has been done so far, in the order of time. */
export function history(campaign: Campaign): { what: Signature; by: By }[] {
  const made = SIGNATURES.flatMap((what) => {
    const by = campaign[what]
    return by ? [{ what, by }] : []
  })
  return made.sort((a, b) => Date.parse(a.by.at) - Date.parse(b.by.at))
}

/** Who has changed it last, refinements included. */
export function lastChange(file: CampaignFile): By {
  const all = [...history(file).map(({ by }) => by), ...file.refinements.map(({ by }) => by)]
  return all.reduce((last, by) => (Date.parse(by.at) >= Date.parse(last.at) ? by : last), file.drafted)
}
