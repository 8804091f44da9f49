/// Where other times shall hold: an area of the notice, one of its streets, or one of its communities, chosen by name.
import { Select } from '../../ui/select'
import { Notice } from '../../ui/notice'
import { k } from '../text/campaigns'
import { furtherPath } from './coverage_path'
import { useLive } from './live'
import { placeName } from './place_names'
import type { CampaignArea, CampaignFile, Coverage, CoverageItem, Refinement } from './shapes'
import type { TestWindow } from './windows'

export const SCOPES = ['area', 'street', 'community'] as const
export type ScopeKind = (typeof SCOPES)[number]

/** As the server wants it. */
export type ScopeBody = { area: { district: number } | { zone: string } } | { street: number } | { community: number }

/** A place that was chosen. */
export interface ChosenScope {
  body: ScopeBody
  name: string
  /** Who gets other times. */
  people: number
  /** Who lives there and keeps the narrower times of their street or community. */
  unchanged: number
  /** Index of the area it belongs to. */
  area: number
}

export interface ScopeChoice {
  kind: ScopeKind
  /** Index of the area, as text. */
  area: string
  /** Nine or twelve digits. */
  place: string
}

function areaBody({ area }: CampaignArea): ScopeBody {
  return { area: area.kind === 'zone' ? { zone: area.zone ?? '' } : { district: area.code ?? 0 } }
}

const areaName = ({ area, nameZh }: CampaignArea) => placeName({ code: area.code ?? area.zone, nameZh })
const digits = (item: CoverageItem) => String(item.code ?? '')
const peopleOf = (items: readonly CoverageItem[]) => items.reduce((sum, { people }) => sum + people, 0)

/** Streets of communities, each once, in order. */
export function streetsOf(items: readonly CoverageItem[]): [string, string][] {
  const known = new Map(items.filter((item) => digits(item).length === 12).map((item) => [digits(item).slice(0, 9), item.streetName ?? digits(item).slice(0, 9)]))
  return [...known].sort(([a], [b]) => a.localeCompare(b))
}

/** Times for a community stand above those for its street, and both above those for their area. */
function hasNarrower(file: CampaignFile, kind: ScopeKind, item: CoverageItem): boolean {
  return file.refinements.some(({ scope }) => {
    if (SCOPES.indexOf(scope.kind) <= SCOPES.indexOf(kind)) return false
    return digits(item) === String(scope.code) || (scope.kind === 'street' && digits(item).startsWith(String(scope.code)))
  })
}

/** People of the chosen communities, by whether their times change. */
function countsOf(file: CampaignFile, kind: ScopeKind, items: readonly CoverageItem[]): Pick<ChosenScope, 'people' | 'unchanged'> {
  const unchanged = peopleOf(items.filter((item) => hasNarrower(file, kind, item)))
  return { people: peopleOf(items) - unchanged, unchanged }
}

export function chosenScope({ kind, area, place }: ScopeChoice, file: CampaignFile, items: readonly CoverageItem[]): ChosenScope | null {
  const index = Number(area)
  const chosen = area ? file.areas[index] : undefined
  if (!chosen) return null
  if (kind === 'area') return { body: areaBody(chosen), name: areaName(chosen), ...countsOf(file, kind, items), area: index }
  const inside = items.filter((item) => place && (kind === 'street' ? digits(item).startsWith(place) : digits(item) === place))
  const name = kind === 'street' ? inside[0]?.streetName : inside[0]?.nameZh
  if (inside.length === 0) return null
  const body = kind === 'street' ? { street: Number(place) } : { community: Number(place) }
  return { body, name: name ?? place, ...countsOf(file, kind, inside), area: index }
}

/** Windows that hold at a choice now: the narrowest that was made there, the last among equals, or those of the notice. */
export function windowsNow(file: CampaignFile, { area, place }: ScopeChoice): readonly TestWindow[] {
  const chosen = area ? file.areas[Number(area)] : undefined
  if (!chosen) return []
  const holds = ({ scope }: Refinement) => {
    if (scope.kind === 'area') return scope.district === chosen.area.code && scope.zone === chosen.area.zone
    // A community's own times do not hold for its whole street.
    return place !== '' && (scope.kind === 'street' ? place.startsWith(String(scope.code)) : place === String(scope.code))
  }
  const rank = ({ scope, number }: Refinement) => SCOPES.indexOf(scope.kind) * 1e6 + number
  const last = file.refinements.filter(holds).sort((a, b) => rank(b) - rank(a))[0]
  return last?.windows ?? chosen.windows
}

/** When the last window ends, in ms, as far as it can be seen here: the server knows every community. */
export function endsAtMs(file: CampaignFile): number {
  const areas = file.areas.map((_area, i) => windowsNow(file, { kind: 'area', area: String(i), place: '' }))
  const narrower = new Map(file.refinements.filter(({ scope }) => scope.kind !== 'area').sort((a, b) => a.number - b.number).map(({ scope, windows }) => [`${scope.kind}/${scope.code}`, windows]))
  return Math.max(0, ...[...areas, ...narrower.values()].map((windows) => Date.parse(windows.at(-1)?.to ?? '') || 0))
}

interface Props {
  file: CampaignFile
  kinds: readonly ScopeKind[]
  choice: ScopeChoice
  onChoice: (choice: ScopeChoice, items: readonly CoverageItem[]) => void
}

/** Communities of an area with their people. */
export function useCommunities(file: CampaignFile, area: string): { items: CoverageItem[]; error: string; isLoading: boolean } {
  const chosen = area ? file.areas[Number(area)] : undefined
  const { value, error } = useLive<Coverage>(chosen ? furtherPath(file.number, chosen.area) : null, 0)
  return { items: value?.items ?? [], error, isLoading: Boolean(chosen) && !value && !error }
}

export function ScopeFields({ file, kinds, choice, items, error, isLoading, onChoice }: Omit<Props, 'onChoice'> & ReturnType<typeof useCommunities> & { onChoice: (choice: ScopeChoice) => void }) {
  const none = ['', k('choose')] as const
  const areas = file.areas.map((each, i) => [String(i), areaName(each)] as const)
  const communities = items.map((item) => [digits(item), item.nameZh ?? digits(item)] as const)
  return (
    <>
      <Select id="refine-kind" label={k('scopeKind')} value={choice.kind} options={kinds.map((kind) => [kind, k(`scope-${kind}`)] as const)} onValue={(kind) => onChoice({ ...choice, kind, place: '' })} />
      <Select id="refine-area" label={k('area')} value={choice.area} options={[none, ...areas]} onValue={(area) => onChoice({ ...choice, area, place: '' })} />
      {choice.kind === 'street' && <Select id="refine-place" label={k('street')} value={choice.place} options={[none, ...streetsOf(items)]} onValue={(place) => onChoice({ ...choice, place })} />}
      {choice.kind === 'community' && <Select id="refine-place" label={k('community')} value={choice.place} options={[none, ...communities]} onValue={(place) => onChoice({ ...choice, place })} />}
      {isLoading && <p class="loading">{k('loading')}</p>}
      {error && <Notice tone="bad">{error}</Notice>}
    </>
  )
}
