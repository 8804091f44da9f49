/// Coverage as tables: areas, communities of an area, households of a community. Who is least done comes first.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button'
import { Checkbox } from '../../ui/checkbox'
import { Notice } from '../../ui/notice'
import { Table } from '../../ui/table'
import { v } from '../text/coverage'
import { count, doneShare, exempt, isMissing, leastDoneFirst, percent } from './figures'
import { placeName } from './place_names'
import type { CoverageItem } from './shapes'

/** Rows that are drawn at first; a community may have thousands of households. */
const SHOWN = 100

const FIGURES = () => [v('headPeople'), v('sampled'), v('exempt'), v('waiting'), v('open'), v('spared'), v('share')]

function figuresOf(item: CoverageItem): ComponentChildren[] {
  const { people, standings } = item
  return [
    count(people - standings.notIncluded),
    count(standings.sampled),
    count(exempt(standings)),
    count(standings.waiting),
    standings.open > 0 ? <strong>{count(standings.open)}</strong> : '0',
    count(standings.spared),
    percent(doneShare(item)),
  ]
}

interface Props {
  items: readonly CoverageItem[]
  label: string
  onOpen: (item: CoverageItem) => void
}

export function AreaTable({ items, label, onOpen }: Props) {
  const hasRates = items.some(({ samplesPerMin }) => samplesPerMin !== null && samplesPerMin !== undefined)
  return (
    <Table
      {...{ label, empty: v('nothing') }}
      heads={[v('area'), ...FIGURES(), ...(hasRates ? [v('perMinHead')] : []), '']}
      rows={leastDoneFirst(items).map((item) => ({
        key: String(item.code ?? item.nameZh),
        cells: [
          placeName(item),
          ...figuresOf(item),
          ...(hasRates ? [count(Math.round(item.samplesPerMin ?? 0))] : []),
          <Button onClick={() => onOpen(item)} aria-label={`${v('look')} ${placeName(item)}`} data-test={`open-area-${item.code}`}>
            {v('look')}
          </Button>,
        ],
      }))}
    />
  )
}

export function CommunityTable({ items, label, onOpen }: Props) {
  return (
    <Table
      {...{ label, empty: v('nothing') }}
      heads={[v('community'), v('street'), v('households'), ...FIGURES(), '']}
      rows={leastDoneFirst(items).map((item) => ({
        key: String(item.code ?? item.communityId),
        cells: [
          item.nameZh ?? item.code ?? '',
          item.streetName ?? '',
          v('ofHouseholds', { done: count(item.householdsDone), all: count(item.households) }),
          ...figuresOf(item),
          <Button onClick={() => onOpen(item)} aria-label={`${v('look')} ${item.nameZh ?? ''}`} data-test={`open-community-${item.communityId}`}>
            {v('look')}
          </Button>,
        ],
      }))}
    />
  )
}

/** No household and no person missed: those with somebody left are shown first, and alone unless somebody asks for all. */
export function HouseholdTable({ items, label }: Omit<Props, 'onOpen'>) {
  const [isMissingOnly, setMissingOnly] = useState(true)
  const [shown, setShown] = useState(SHOWN)
  const missing = items.filter(isMissing)
  const left = missing.reduce((sum, { standings }) => sum + standings.open + standings.waiting, 0)
  const listed = leastDoneFirst(isMissingOnly ? missing : items)
  return (
    <div class="stack">
      {items.every((item) => doneShare(item) === null) ? (
        <Notice>{v('nothing')}</Notice>
      ) : missing.length === 0 ? (
        <Notice tone="good">
          <span data-test="all-done">{v('allDone')}</span>
        </Notice>
      ) : (
        <Notice tone="warn">
          <span data-test="households-left">{v('householdsLeft', { n: count(missing.length), people: count(left) })}</span>
        </Notice>
      )}
      <Checkbox id="only-missing" checked={isMissingOnly} onValue={setMissingOnly}>
        {v('onlyMissing')}
      </Checkbox>
      <Table
        {...{ label, empty: v('nothing') }}
        heads={[v('household'), ...FIGURES()]}
        rows={listed.slice(0, shown).map((item) => ({
          key: item.householdId ?? '-',
          cells: [item.householdId ?? v('noHousehold'), ...figuresOf(item)],
        }))}
      />
      {listed.length > shown && (
        <Button onClick={() => setShown(shown + SHOWN)}>{v('more', { n: Math.min(SHOWN, listed.length - shown) })}</Button>
      )}
    </div>
  )
}
