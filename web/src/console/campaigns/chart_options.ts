/// Options of the charts: progress over time, coverage by area, and districts shaded by the share done.
import { dateTime } from '../../i18n/time'
import { v } from '../text/coverage'
import { doneShare, exempt, leastDoneFirst, percent } from './figures'
import { placeName } from './place_names'
import type { CoverageItem, Progress } from './shapes'

const INK = '#14202e'
const LINE = '#d5dbe3'
/** Told apart by lightness too. */
const COLOURS = { sampled: '#0b6b37', exempt: '#6fa8dc', waiting: '#e0a800', open: '#b3211a', spared: '#8792a1' } as const
const TEXT = { color: INK, fontFamily: 'inherit' }
/** Drawn on the canvas: the content policy allows no markup with styles in it. */
const TOOLTIP = { trigger: 'axis', renderMode: 'richText', confine: true }

/** Shares from which a darker shade begins. */
export const STEPS = [0, 0.5, 0.8, 0.95, 1] as const
export const SHADES = ['#fbe3d6', '#f6c89f', '#b8d8a8', '#62ad6b', '#0b6b37'] as const

/** Of districts with nobody to be sampled. */
export const NO_SHADE = '#d5dbe3'

export function shadeOf(share: number | null): string {
  if (share === null) return NO_SHADE
  const passed = STEPS.filter((from) => share >= from).length
  return SHADES[Math.max(1, passed) - 1] ?? SHADES[0]
}

export function progressOption({ items }: Progress): object {
  const lines = (['sampled', 'open'] as const).map((key) => ({
    ...{ name: v(key), type: 'line', showSymbol: items.length < 3, color: COLOURS[key] },
    lineStyle: { width: 2, type: key === 'open' ? 'dashed' : 'solid' },
    data: items.map((item) => item[key]),
  }))
  return {
    ...{ textStyle: TEXT, tooltip: TOOLTIP, series: lines },
    legend: { top: 0 },
    grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
    xAxis: { type: 'category', boundaryGap: false, data: items.map(({ at }) => dateTime(Date.parse(at)).slice(11)), axisLabel: { color: INK } },
    yAxis: { type: 'value', minInterval: 1, axisLabel: { color: INK }, splitLine: { lineStyle: { color: LINE } } },
  }
}

/** Name and figures of an item, the least done first at the top. */
export function areaBars(items: readonly CoverageItem[]): object {
  // The axis counts from the bottom.
  const sorted = leastDoneFirst(items).reverse()
  const part = (key: keyof typeof COLOURS, valueOf: (item: CoverageItem) => number) => ({
    ...{ name: v(key), type: 'bar', stack: 'people', color: COLOURS[key], barMaxWidth: 22 },
    data: sorted.map(valueOf),
  })
  return {
    ...{ textStyle: TEXT, tooltip: { ...TOOLTIP, axisPointer: { type: 'shadow' } }, legend: { top: 0, itemWidth: 14, itemHeight: 10, itemGap: 8 } },
    grid: { left: 8, right: 16, top: 48, bottom: 8, containLabel: true },
    xAxis: { type: 'value', minInterval: 1, splitNumber: 3, axisLabel: { color: INK, hideOverlap: true }, splitLine: { lineStyle: { color: LINE } } },
    yAxis: { type: 'category', data: sorted.map(placeName), axisLabel: { color: INK, width: 110, overflow: 'truncate', interval: 0 } },
    series: [
      part('sampled', ({ standings }) => standings.sampled),
      part('exempt', ({ standings }) => exempt(standings)),
      part('waiting', ({ standings }) => standings.waiting),
      part('open', ({ standings }) => standings.open),
      part('spared', ({ standings }) => standings.spared),
    ],
  }
}

/** One district of the map; the chart writes no figure where there is none. */
function district(item: CoverageItem): object {
  const share = doneShare(item)
  return {
    ...{ name: item.nameZh ?? '', value: share === null ? '-' : Math.floor(1000 * share) / 10, itemStyle: { areaColor: shadeOf(share) } },
    label: { formatter: `${placeName(item)}\n${percent(share)}` },
    ...(share === null ? { tooltip: { formatter: `{b}\n${percent(null)}` } } : {}),
  }
}

/** The outlines go by names; areas without an outline are told in words. */
export function cityMap(map: string, items: readonly CoverageItem[]): object {
  return {
    textStyle: TEXT,
    tooltip: { trigger: 'item', renderMode: 'richText', confine: true, formatter: '{b}\n{c}%' },
    series: [
      {
        ...{ type: 'map', map, roam: false, selectedMode: false, layoutCenter: ['50%', '50%'], layoutSize: '120%' },
        // The districts of the old town are small; hovering and the table tell what is hidden.
        labelLayout: { hideOverlap: true },
        label: { show: true, fontSize: 11, color: INK, textBorderColor: '#fff', textBorderWidth: 2 },
        itemStyle: { areaColor: NO_SHADE, borderColor: '#fff' },
        emphasis: { label: { color: INK }, itemStyle: { areaColor: '#c9d9ee' } },
        data: items.map(district),
      },
    ],
  }
}

/** Names that the outlines of a city hold. */
const OUTLINED = /^(410(10[2-6]|108|122|18[1-5])|6101(0[2-4]|1[1-8]|2[24]))$/

export function isOutlined({ code }: Pick<CoverageItem, 'code'>): boolean {
  return OUTLINED.test(String(code ?? ''))
}
