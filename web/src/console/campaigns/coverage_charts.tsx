/// The charts of a campaign, each with a table that holds the same figures.
import { Table } from '../../ui/table'
import { when } from '../health'
import { v } from '../text/coverage'
import { Chart, hasMap } from './chart'
import { areaBars, cityMap, isOutlined, progressOption, SHADES, STEPS } from './chart_options'
import { count, doneShare, percent } from './figures'
import { useLive } from './live'
import { placeName } from './place_names'
import type { CoverageItem, Progress } from './shapes'

/** Rows of the table of the progress. */
const MOMENTS = 30

/** Every so many points, the newest among them. */
export function thinned<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, Math.ceil(items.length / most))
  return items.filter((_item, i) => (items.length - 1 - i) % step === 0)
}

export function ProgressChart({ number }: { number: number }) {
  const { value } = useLive<Progress>(`/v1/campaigns/${number}/progress`)
  const items = value?.items ?? []
  if (!value || items.length === 0) return <p class="quiet">{v(value ? 'noProgress' : 'loading')}</p>
  return (
    <section class="card stack">
      <h2>{v('progress')}</h2>
      <Chart label={v('progress')} option={progressOption(value)} tall="low" />
      {value.since && <small class="quiet">{v('progressSince', { time: when(value.since) })}</small>}
      <details>
        <summary>{v('asTable')}</summary>
        <Table
          label={v('progress')}
          empty={v('noProgress')}
          heads={[v('time'), v('sampled'), v('open')]}
          rows={thinned(items, MOMENTS).map(({ at, sampled, open }) => ({ key: at, cells: [when(at), count(sampled), count(open)] }))}
        />
      </details>
    </section>
  )
}

function Shades() {
  return (
    <ul class="shades" aria-hidden="true">
      {SHADES.map((_shade, i) => (
        <li key={i}>
          <span class={`shade shade-${i}`} /> {v('legendFrom', { share: percent(STEPS[i] ?? 0) })}
        </li>
      ))}
      <li>
        <span class="shade shade-none" /> {v('legendNobody')}
      </li>
    </ul>
  )
}

/** City of the areas by the first four digits; empty where none has a code. */
export function cityOf(items: readonly CoverageItem[]): string {
  return items.map(({ code }) => String(code ?? '')).find((code) => /^\d{6}$/.test(code))?.slice(0, 4) ?? ''
}

export function AreaCharts({ items }: { items: readonly CoverageItem[] }) {
  const map = cityOf(items)
  const names = items.filter((item) => !isOutlined(item)).map((item) => `${placeName(item)} ${percent(doneShare(item))}`)
  return (
    <div class="halves">
      <section class="card stack">
        <h2>{v('bars')}</h2>
        <Chart label={v('bars')} option={areaBars(items)} tall="high" />
      </section>
      {hasMap(map) && (
        <section class="card stack" data-test="city-map">
          <h2>{v('map')}</h2>
          <Chart label={v('map')} option={cityMap(map, items)} tall="middle" map={map} />
          <Shades />
          <small class="quiet">{names.length > 0 ? v('mapHint', { names: names.join(' · ') }) : v('mapHintAll')}</small>
        </section>
      )}
    </div>
  )
}
