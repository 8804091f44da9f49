/// Who is in a campaign and how far it is: the whole city, then an area, then a community, household by household.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { clockTime } from '../../i18n/time'
import { useSuccession } from '../../ui/arrival'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { when } from '../health'
import { k } from '../text/campaigns'
import { v } from '../text/coverage'
import { AreaCharts, ProgressChart } from './coverage_charts'
import { type AreaKey, areaKeyOf, coveragePath, furtherPath, householdPath } from './coverage_path'
import { AreaTable, CommunityTable, HouseholdTable } from './coverage_tables'
import { count, doneShare, exempt, percent } from './figures'
import { useLive } from './live'
import { placeName } from './place_names'
import type { Campaign, Coverage, CoverageItem } from './shapes'

/** Where somebody looks. */
interface Place {
  area?: AreaKey & { name: string }
  community?: { id: number; name: string }
}

function pathOf(number: number, { area, community }: Place): string {
  if (community) return householdPath(number, community.id)
  return area ? furtherPath(number, area) : coveragePath(number)
}

function Tile({ name, title, value, detail }: { name: string; title: string; value: string; detail?: string | undefined }) {
  return (
    <section class="card tile" data-test={name}>
      <h3>{title}</h3>
      <p class="figure">{value}</p>
      {detail && <p class="quiet">{detail}</p>}
    </section>
  )
}

function Tiles({ total, items }: Pick<Coverage, 'total' | 'items'>) {
  const { people, notIncluded } = total
  const rate = items.reduce((sum, { samplesPerMin }) => sum + (samplesPerMin ?? 0), 0)
  const excused = { zoneTested: count(total.zoneTested), vaccinated: count(total.vaccinated), outsideCity: count(total.outsideCity), tested: count(total.tested) }
  return (
    <div class="overview">
      <Tile name="tile-people" title={v('people')} value={count(people - notIncluded)} detail={notIncluded > 0 ? v('peopleDetail', { n: count(notIncluded) }) : undefined} />
      <Tile name="tile-share" title={v('doneShare')} value={percent(doneShare({ people, standings: total }))} />
      <Tile name="tile-sampled" title={v('sampled')} value={count(total.sampled)} detail={rate > 0 ? v('perMin', { n: count(Math.round(rate)) }) : undefined} />
      <Tile name="tile-exempt" title={v('exempt')} value={count(exempt(total))} detail={v('exemptDetail', excused)} />
      <Tile name="tile-waiting" title={v('waiting')} value={count(total.waiting)} />
      <Tile name="tile-open" title={v('open')} value={count(total.open)} />
      <Tile name="tile-spared" title={v('spared')} value={count(total.spared)} detail={v('sparedDetail')} />
    </div>
  )
}

/** The way back up. */
function Trail({ place, onPlace }: { place: Place; onPlace: (place: Place) => void }) {
  const { area, community } = place
  if (!area) return null
  return (
    <nav class="trail" aria-label={v('where')}>
      <Button look="link" onClick={() => onPlace({})} data-test="trail-city">
        {v('city')}
      </Button>
      <span aria-hidden="true">›</span>
      {community ? (
        <Button look="link" onClick={() => onPlace({ area })} data-test="trail-area">
          {area.name}
        </Button>
      ) : (
        <strong>{area.name}</strong>
      )}
      {community && (
        <>
          <span aria-hidden="true">›</span>
          <strong>{community.name}</strong>
        </>
      )}
    </nav>
  )
}

/** One table under its heading, which has the focus after somebody went down or up. */
function Listed({ label, children }: { label: string; children: ComponentChildren }) {
  const heading = useSuccession<HTMLHeadingElement>()
  return (
    <section class="card stack">
      <h2 ref={heading} tabIndex={-1} data-test="coverage-of">
        {label}
      </h2>
      {children}
    </section>
  )
}

function Shown({ coverage, place, onPlace }: { coverage: Coverage; place: Place; onPlace: (place: Place) => void }) {
  const { items } = coverage
  const { area, community } = place
  if (community) {
    const label = v('byHousehold', { name: community.name })
    return (
      <Listed key={`community-${community.id}`} label={label}>
        <HouseholdTable items={items} label={label} />
      </Listed>
    )
  }
  if (area) {
    const label = v('byCommunity', { name: area.name })
    const open = (item: CoverageItem) => item.communityId !== undefined && onPlace({ area, community: { id: item.communityId, name: item.nameZh ?? String(item.code) } })
    return (
      <Listed key={`area-${area.code ?? area.zone}`} label={label}>
        <CommunityTable items={items} label={label} onOpen={open} />
      </Listed>
    )
  }
  return (
    <>
      <AreaCharts items={items} />
      <Listed label={v('byArea')}>
        <AreaTable items={items} label={v('byArea')} onOpen={(item) => onPlace({ area: { ...areaKeyOf(item), name: placeName(item) } })} />
      </Listed>
    </>
  )
}

export function CoverageView({ file }: { file: Campaign }) {
  const [place, setPlace] = useState<Place>({})
  const { value, error, reload } = useLive<Coverage>(pathOf(file.number, place))
  const isBefore = !file.started
  const asOf = value ? Date.parse(value.asOf) : 0
  return (
    <div class="stack coverage" data-test="coverage">
      <div class="head">
        <h2>{v(isBefore ? 'preview' : 'live')}</h2>
        {value && (
          <span class="quiet" data-test="coverage-as-of">
            {v('asOf', { time: `${when(value.asOf)}:${clockTime(asOf).slice(6)}` })}
          </span>
        )}
        <Button onClick={reload}>{v('refresh')}</Button>
      </div>
      {error && <Notice tone="warn">{value ? v('stale', { text: error, time: clockTime(asOf) }) : error}</Notice>}
      <Trail place={place} onPlace={setPlace} />
      {!value && !error && <p class="loading">{k('loading')}</p>}
      {value && <Tiles total={value.total} items={value.items} />}
      {value && Boolean(value.withoutCommunity) && !place.area && <Notice tone="warn">{v('withoutCommunity', { n: count(value.withoutCommunity) })}</Notice>}
      {!isBefore && !place.area && <ProgressChart number={file.number} />}
      {value && <Shown coverage={value} place={place} onPlace={setPlace} />}
    </div>
  )
}
