/// The operators' page: what is asked of the city now, what becomes of it, and the few things that can be changed.
import { useState } from 'preact/hooks'
import { clockTime } from '../../i18n/time'
import { Notice } from '../../ui/notice'
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

function ChangedBy({ by }: { by: Figures['changedBy'] }) {
  if (!by) return null
  const { name, at, action } = typeof by === 'string' ? { name: by, at: null, action: null } : { ...by, name: by.staffName ?? by.name }
  const known = ['change-limits', 'switch-functions', 'post-notice', 'withdraw-notice', 'reload-registry'] as const
  const what = known.find((each) => each === action)
  return (
    <p data-test="changed-by">
      {o('changedBy', { name: name ?? '—' })}
      {what && ` · ${o(what)}`}
      {at && ` · ${clockTime(Date.parse(at))}`}
    </p>
  )
}

export function Overload() {
  const { figures, past, error, reload } = useLive()
  const [done, setDone] = useState('')
  if (!figures) return error ? <Notice tone="bad">{error}</Notice> : <p class="loading">{o('loading')}</p>
  const changed = (text: string) => {
    setDone(text)
    reload()
  }
  return (
    <div class="stack overload" data-test="overload">
      {error && (
        <Notice tone="warn">
          <span data-test="stale">{o('stale', { text: error, time: clockTime(Date.parse(figures.asOf)) })}</span>
        </Notice>
      )}
      <Alarms items={figures.alarms} />
      <State figures={figures} />
      <section class="card stack">
        <RatesChart past={past} />
        <ClassTable figures={figures} past={past} />
      </section>
      <div aria-live="polite">{done && <Notice tone="good">{done}</Notice>}</div>
      <div class="halves">
        <SwitchList switches={figures.switches} onChanged={changed} />
        <NoticeForm notice={figures.notice} onChanged={changed} />
      </div>
      <Limits settings={figures.settings} onChanged={changed} />
      <ReloadRegistry onChanged={changed} />
      <section class="card">
        <ChangedBy by={figures.changedBy} />
        <p class="quiet">{o('audited')}</p>
      </section>
    </div>
  )
}
