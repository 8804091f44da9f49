/// What is asked and what becomes of it: five minutes as a chart for one class or all, and all classes now as a table.
import { useState } from 'preact/hooks'
import { clockTime } from '../../i18n/time'
import { LineChart, valueText } from '../../ui/line_chart'
import { Table } from '../../ui/table'
import { Tabs } from '../../ui/tabs'
import { CLASSES, type ClassName, FATES, type Fate, type Figures, type Rates, type Second, summed, unbroken } from './figures'
import { o } from '../text/overload'

type Choice = 'all' | ClassName

function ratesOf(second: Second | null, choice: Choice): Rates | null {
  if (!second) return null
  return choice === 'all' ? summed(second.classes) : (second.classes[CLASSES.indexOf(choice)] ?? null)
}

export function RatesChart({ past }: { past: readonly Second[] }) {
  const [choice, setChoice] = useState<Choice>('all')
  const row = unbroken(past)
  const newest = past.at(-1)?.atS ?? 0
  const moments = row.map((_, i) => clockTime((newest - row.length + 1 + i) * 1000))
  const valuesOf = (fate: Fate) => row.map((second) => ratesOf(second, choice)?.[fate] ?? null)
  return (
    <>
      <h2>{o('ratesTitle')}</h2>
      <Tabs label={o('chooseClass')} value={choice} items={(['all', ...CLASSES] as const).map((each) => [each, o(each)] as const)} onValue={setChoice} />
      <LineChart
        label={`${o('ratesTitle')} · ${o(choice)}`}
        unit={o('perS')}
        moments={moments}
        lines={FATES.map((fate) => ({ key: fate, label: o(fate), values: valuesOf(fate) }))}
      />
    </>
  )
}

/** All classes in the last second. */
export function ClassTable({ figures, past }: { figures: Figures; past: readonly Second[] }) {
  const now = past.at(-1)
  return (
    <Table
      label={o('nowByClass')}
      empty={o('loading')}
      heads={[o('class'), ...FATES.map((fate) => o(fate)), o('queued'), o('queueDelay')]}
      rows={figures.classes.map((each, i) => ({
        key: each.class,
        cells: [
          o(each.class),
          ...FATES.map((fate) => <span data-test={`${each.class}-${fate}`}>{valueText(now?.classes[i]?.[fate])}</span>),
          valueText(each.queued),
          valueText(each.queueDelayMs),
        ],
      }))}
    />
  )
}
