/// An area of the city, chosen by a community in it: the community itself, its street or its district.
import type { Community } from '../../api/types'

export type Scope = 'community' | 'street' | 'district'

export interface AreaChoice {
  community: Community
  scope: Scope
}

/** Division code of the area: 12, 9 or 6 digits; null if the server did not say the code of the community. */
export function areaCode({ community: { code, districtCode }, scope }: AreaChoice): number | null {
  if (scope === 'district') return districtCode ?? (code ? Math.floor(code / 1_000_000) : null)
  if (!code) return null
  return scope === 'community' ? code : Math.floor(code / 1_000)
}

export function areaName({ community, scope }: AreaChoice): string {
  return { community: community.name, street: community.street, district: community.district }[scope]
}
