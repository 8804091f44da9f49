/// The operators' page: what is asked of the city now, what becomes of it, and the few things that can be changed.
import { useEffect, useState } from 'preact/hooks'
import type { Page, Staff } from '../../api/types'
import { clockTime, dateTime } from '../../i18n/time'
import { Notice } from '../../ui/notice'
import { client } from '../session'
import { Alarms } from './alarms'
import { ClassTable, RatesChart } from './class_rates'
import type { Figures } from './figures'
import { Limits } from './limits'
import { useLive } from './live'
import { NoticeForm } from './notice_form'
import './overload.css'
import { ReloadRegistry } from './reload_registry'
import { State } from './state'
import { SwitchList } from './switch_list'
import { o } from '../text/overload'

/** Name of a member of staff; the number until, or if, it is not known. */
function useStaffName(id: number | null): string {
  const [known, setKnown] = useState<{ id: number; name: string } | null>(null)
  useEffect(() => {
    if (id === null) return
    client.get<Page<Staff>>('/v1/staff', { tries: 1 }).then(
      ({ items }) => setKnown({ id, name: items.find((staff) => staff.id === id)?.name ?? String(id) }),
      () => {},
    )
  }, [id])
  return known?.id === id ? known.name : String(id ?? '')
}

function ChangedBy({ changedBy, changedAt }: Figures) {
  const name = useStaffName(changedBy)
  if (changedBy === null) return null
  return <p data-test="changed-by">{o('changedBy', { name, time: changedAt ? dateTime(Date.parse(changedAt)) : '–' })}</p>
}

export function Overload() {
  const { figures, past, error, reload } = useLive()
  // Made into words when it is drawn: the language may change.
  const [done, setDone] = useState<(() => string) | null>(null)
  if (!figures) return error ? <Notice tone="bad">{error}</Notice> : <p class="loading">{o('loading')}</p>
  const changed = (words: () => string) => {
    setDone(() => words)
    reload()
  }
  const told = done?.()
  return (
    <div class="stack overload" data-test="overload">
      {error && (
        <Notice tone="warn">
          <span data-test="stale">{o('stale', { text: error, time: clockTime(Date.parse(figures.asOf)) })}</span>
        </Notice>
      )}
      <Alarms items={figures.alarms ?? []} />
      <State figures={figures} />
      <section class="card stack">
        <RatesChart past={past} />
        <ClassTable figures={figures} past={past} />
      </section>
      <div aria-live="polite">{told && <Notice tone="good">{told}</Notice>}</div>
      <div class="halves">
        <SwitchList switches={figures.switches} onChanged={changed} />
        <NoticeForm notice={figures.notice} onChanged={changed} />
      </div>
      <Limits standing={figures} onChanged={changed} />
      <ReloadRegistry onChanged={changed} />
      <section class="card">
        <ChangedBy {...figures} />
        <p class="quiet">{o('audited')}</p>
      </section>
    </div>
  )
}
