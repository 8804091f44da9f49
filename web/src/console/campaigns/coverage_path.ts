/// Addresses of the coverage of a campaign, from the whole city down to one community.
import type { CoverageItem } from './shapes'

/** One area of the notice. */
export interface AreaKey {
  kind: 'district' | 'zone'
  code?: number
  zone?: string
}

export function coveragePath(number: number): string {
  return `/v1/campaigns/${number}/coverage?by=district`
}

/** By community of an area. */
export function furtherPath(number: number, { kind, code, zone }: AreaKey): string {
  const query = kind === 'zone' ? `zone=${encodeURIComponent(zone ?? '')}` : `district=${code ?? ''}`
  return `/v1/campaigns/${number}/coverage?${query}`
}

/** By household of a community. */
export function householdPath(number: number, community: number): string {
  return `/v1/campaigns/${number}/coverage?community=${community}`
}

/** The area that an item of the coverage stands for: a code is of digits, a zone's name is not. */
export function areaKeyOf({ key, code }: Pick<CoverageItem, 'key' | 'code'>): AreaKey {
  const value = String(key ?? code ?? '').replace(/^(district|zone)[=:]/, '')
  return /^\d+$/.test(value) ? { kind: 'district', code: Number(value) } : { kind: 'zone', zone: value }
}
