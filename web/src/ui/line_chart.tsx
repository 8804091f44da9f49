/// Lines over time as one small SVG: told apart by colour and dashes, readable by pointer, keyboard and table.
import { useState } from 'preact/hooks'
import { lang } from '../i18n/lang'
import './line_chart.css'

export interface Line {
  key: string
  label: string
  /** One value per moment; null where nothing is known. */
  values: readonly (number | null)[]
}

interface Props {
  /** Says what the chart holds. */
  label: string
  /** Unit of the values, such as `/s`. */
  unit: string
  lines: readonly Line[]
  /** Words for each moment, such as `10:20:30`; as many as values. */
  moments: readonly string[]
}

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [720, 240, 44, 10, 22]
const PLOT_WIDTH = WIDTH - LEFT - 8
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM
/** Rows of the table for screen readers. */
const TABLE_ROWS = 10

/** A round number at least as large as `value`: 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (value <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power
}

/** One decimal, none from ten, two digits below one. */
export function valueText(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  if (Math.abs(value) < 1) return String(Number(value.toPrecision(2)))
  return value >= 10 || Number.isInteger(value) ? Math.round(value).toLocaleString('en-US') : value.toFixed(1)
}

/** Path of one line; a gap where nothing is known. */
export function pathOf(values: readonly (number | null)[], top: number): string {
  const step = PLOT_WIDTH / Math.max(1, values.length - 1)
  let path = ''
  let pen = 'M'
  values.forEach((value, i) => {
    if (value === null) {
      pen = 'M'
      return
    }
    const y = TOP + PLOT_HEIGHT * (1 - Math.min(1, Math.max(0, value / top)))
    path += `${pen}${(LEFT + i * step).toFixed(1)} ${y.toFixed(1)}`
    pen = 'L'
  })
  return path
}

function Grid({ top, unit, moments }: { top: number; unit: string; moments: readonly string[] }) {
  return (
    <g class="grid">
      {[0, 0.5, 1].map((share) => {
        const y = TOP + PLOT_HEIGHT * (1 - share)
        return (
          <g key={share}>
            <line x1={LEFT} x2={LEFT + PLOT_WIDTH} y1={y} y2={y} />
            <text x={LEFT - 6} y={y + 4} text-anchor="end">
              {valueText(top * share)}
            </text>
          </g>
        )
      })}
      <text x={LEFT + 4} y={TOP + 10}>
        {unit}
      </text>
      <text x={LEFT} y={HEIGHT - 4}>
        {moments[0]}
      </text>
      <text x={LEFT + PLOT_WIDTH} y={HEIGHT - 4} text-anchor="end">
        {moments.at(-1)}
      </text>
    </g>
  )
}

function Legend({ lines, at }: { lines: readonly Line[]; at: number }) {
  return (
    <ul class="legend">
      {lines.map(({ key, label, values }, i) => (
        <li key={key}>
          <svg viewBox="0 0 32 8" width="32" height="8" aria-hidden="true">
            <path class={`line line-${i}`} d="M0 4H32" />
          </svg>
          {label} <strong data-test={`at-${key}`}>{valueText(values[at])}</strong>
        </li>
      ))}
    </ul>
  )
}

function HiddenTable({ label, lines, moments }: Omit<Props, 'unit'>) {
  const step = Math.max(1, Math.ceil(moments.length / TABLE_ROWS))
  const rows = moments.map((moment, i) => [moment, i] as const).filter(([, i]) => (moments.length - 1 - i) % step === 0)
  return (
    <div class="hidden-text">
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <td />
            {lines.map(({ key, label: head }) => (
              <th key={key} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([moment, i]) => (
            <tr key={moment}>
              <th scope="row">{moment}</th>
              {lines.map(({ key, values }) => (
                <td key={key}>{valueText(values[i])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The moment looked at, moved by pointer or arrow keys; the newest one unless somebody looks elsewhere. */
function useMoment(count: number) {
  const [back, setBack] = useState(0)
  const newest = Math.max(0, count - 1)
  const at = Math.max(0, newest - back)
  const move = (step: number) => setBack((was) => Math.min(newest, Math.max(0, was - step)))
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -count, End: count }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    move(step)
  }
  const onPointerMove = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect()
    const share = (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / PLOT_WIDTH
    setBack(newest - Math.round(Math.min(1, Math.max(0, share)) * newest))
  }
  return { at, onKeyDown, onPointerMove, onPointerLeave: () => setBack(0) }
}

export function LineChart({ label, unit, lines, moments }: Props) {
  const { at, ...moving } = useMoment(moments.length)
  const top = roundUp(Math.max(0, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0))))
  const x = LEFT + (PLOT_WIDTH * at) / Math.max(1, moments.length - 1)
  const words = lines.map(({ label: name, values }) => `${name} ${valueText(values[at])}`)
  return (
    <figure class="chart" data-test="chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="slider"
        tabindex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, moments.length - 1)}
        aria-valuenow={at}
        aria-valuetext={`${moments[at] ?? ''}: ${words.join(lang.value === 'zh' ? '，' : ', ')}`}
        {...moving}
      >
        <Grid top={top} unit={unit} moments={moments} />
        {lines.map(({ key, values }, i) => (
          <path key={key} class={`line line-${i}`} d={pathOf(values, top)} />
        ))}
        {moments.length > 1 && <line class="cursor" x1={x} x2={x} y1={TOP} y2={TOP + PLOT_HEIGHT} />}
      </svg>
      <figcaption>
        <time data-test="chart-moment">{moments[at] ?? ''}</time>
        <Legend lines={lines} at={at} />
      </figcaption>
      <HiddenTable label={label} lines={lines} moments={moments} />
    </figure>
  )
}
