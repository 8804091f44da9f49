/// One chart on a canvas, loaded when it is first shown. For screen readers it is a picture with a name; the table beside it
/// holds the same figures.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { EChartsType } from 'echarts/core'
import { v } from '../text/coverage'

interface Props {
  label: string
  /** As ECharts wants it; plain data, so that it can be compared. */
  option: object
  /** Height. */
  tall: 'low' | 'middle' | 'high'
  /** Outlines of districts that the option draws. */
  map?: string | undefined
}

/** Outlines by the first four digits of the city's code. */
const MAPS: Record<string, () => Promise<{ default: unknown }>> = {
  4101: () => import('./maps/zhengzhou.json'),
  6101: () => import('./maps/xian.json'),
}

export function hasMap(city: string): boolean {
  return city in MAPS
}

/** Settles once the element has a size on the page. */
function sized(element: HTMLElement): Promise<void> {
  return new Promise((done) => {
    const sizes = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {}
      if (width === 0 || height === 0) return
      sizes.disconnect()
      done()
    })
    sizes.observe(element)
  })
}

/** The chart in its place; null if nobody waits for it any more. */
async function drawn(element: HTMLElement, map: string | undefined, isWanted: () => boolean): Promise<EChartsType | null> {
  const [{ init, registerMap }, shapes] = await Promise.all([import('./echarts'), map ? MAPS[map]?.() : undefined, sized(element)])
  if (!isWanted()) return null
  if (map && shapes) registerMap(map, shapes.default as Parameters<typeof registerMap>[1])
  return init(element)
}

export function Chart({ label, option, tall, map }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const [chart, setChart] = useState<EChartsType | null>(null)
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    const element = place.current
    if (!element) return undefined
    let ended = false
    let made: EChartsType | null = null
    const hasSize = () => element.clientWidth > 0 && element.clientHeight > 0
    // A map can't be laid out in a place without a size, and a place that leaves the page has none.
    const sizes = new ResizeObserver(() => {
      if (hasSize() && !ended) made?.resize()
    })
    const start = async () => {
      const ready = await drawn(element, map, () => !ended)
      if (!ready) return
      made = ready
      sizes.observe(element)
      setChart(ready)
    }
    start().catch(() => !ended && setFailed(true))
    return () => {
      ended = true
      sizes.disconnect()
      made?.dispose()
    }
  }, [map])
  const wanted = JSON.stringify(option)
  useEffect(() => {
    // No animation: the figures change every few seconds.
    if (chart && !chart.isDisposed()) chart.setOption({ animation: false, ...(JSON.parse(wanted) as object) }, { notMerge: true })
  }, [chart, wanted])
  if (hasFailed) return <p class="quiet">{v('chartFailed')}</p>
  return <div ref={place} class={`canvas ${tall}`} role="img" aria-label={label} data-test="chart" data-drawn={chart !== null} />
}
