/// The city at a glance: colours, tests and districts as bars with the figures beside them.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { debounced } from '../api/debounce'
import { Problem } from '../api/problem'
import { dateTime } from '../i18n/time'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { Table } from '../ui/table'
import { client, failureText } from './session'
import './statistics.css'
import { s } from './text/statistics'

interface Statistics {
  asOf: string
  /** `2/16`; absent where one node keeps the whole city. */
  part?: string
  people: number
  colours: { green: number; yellow: number; red: number }
  tested: { h24: number; h48: number; h72: number }
  districts: { code: number; nameZh: string; people: number; green: number; yellow: number; red: number; h48: number }[]
}

const count = (n: number) => n.toLocaleString('en-US')

/** One decimal, so that a few red codes in a city are not nothing. */
function percent(part: number, whole: number): string {
  return whole > 0 ? ((100 * part) / whole).toFixed(1) : '0.0'
}

function Bar({ label, part, whole, tone }: { label: string; part: number; whole: number; tone: string }) {
  return (
    <li>
      <span>{label}</span>
      <progress class={tone} max={Math.max(1, whole)} value={part} aria-label={label} />
      <strong>{s('share', { n: count(part), percent: percent(part, whole) })}</strong>
    </li>
  )
}

function Bars<K extends string>({ title, values, tones, whole }: { title: string; values: Record<K, number>; tones: Record<K, string>; whole: number }) {
  return (
    <section class="card stack">
      <h2>{title}</h2>
      <ul class="bars">
        {(Object.keys(tones) as K[]).map((key) => (
          <Bar key={key} label={s(key as Parameters<typeof s>[0])} part={values[key]} whole={whole} tone={tones[key]} />
        ))}
      </ul>
    </section>
  )
}

const COLOURS = { green: 'green', yellow: 'yellow', red: 'red' }
const TESTED = { h24: 'plain', h48: 'plain', h72: 'plain' }

function Shown({ items }: { items: Statistics }) {
  const { people, colours, tested, districts } = items
  const least = (part: number, whole: number) => s('share', { n: count(part), percent: percent(part, whole) })
  return (
    <>
      <p>
        {s('people')} <strong data-test="people">{count(people)}</strong> · <span class="quiet">{s('asOf', { time: dateTime(Date.parse(items.asOf)) })}</span>
      </p>
      {items.part && <Notice><span data-test="part">{s('part', { part: items.part })}</span></Notice>}
      <div class="halves">
        <Bars title={s('colours')} values={colours} tones={COLOURS} whole={people} />
        <Bars title={s('tested')} values={tested} tones={TESTED} whole={people} />
      </div>
      <section class="card">
        <Table
          label={s('districts')}
          empty={s('nothing')}
          heads={[s('district'), s('people'), s('green'), s('yellow'), s('red'), s('h48')]}
          rows={districts.map((each) => ({
            key: each.code,
            cells: [each.nameZh, count(each.people), count(each.green), count(each.yellow), count(each.red), least(each.h48, each.people)],
          }))}
        />
      </section>
    </>
  )
}

export function StatisticsView() {
  const [items, setItems] = useState<Statistics | null>(null)
  const [failure, setFailure] = useState<{ off: boolean; text: string } | null>(null)
  const load = useMemo(() => {
    const ask = async () => {
      try {
        setItems(await client.get<Statistics>('/v1/statistics'))
        setFailure(null)
      } catch (error) {
        const off = error instanceof Problem && error.code === 'switched-off'
        setFailure({ off, text: off ? s('off') : failureText(error) })
      }
    }
    return debounced(ask, Date.now)
  }, [])
  useEffect(() => void load(), [])
  return (
    <div class="stack" data-test="statistics">
      <div class="buttons">
        <Button onClick={() => void load()}>{s('refresh')}</Button>
      </div>
      {failure && (
        <Notice tone={failure.off ? 'info' : 'bad'}>
          <span data-test={failure.off ? 'statistics-off' : 'statistics-failed'}>{failure.text}</span>
        </Notice>
      )}
      {items && !failure?.off ? <Shown items={items} /> : !failure && <p class="loading">{s('loading')}</p>}
    </div>
  )
}
