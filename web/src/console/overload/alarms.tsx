/// Alarms that are raised now, in words, with the time they have stood.
import { pick } from '../../i18n/lang'
import { dateTime } from '../../i18n/time'
import { Notice } from '../../ui/notice'
import { valueText } from '../../ui/line_chart'
import type { Alarm } from './figures'
import { o } from '../text/overload'

export function Alarms({ items }: { items: readonly Alarm[] }) {
  if (items.length === 0) return <Notice tone="good">{o('noAlarms')}</Notice>
  return (
    <ul class="stack" data-test="alarms" aria-label={o('alarms')}>
      {items.map((alarm) => (
        <li key={alarm.name} data-test={`alarm-${alarm.name}`}>
          <Notice tone="bad">
            <strong>{pick(alarm.zh, alarm.en)}</strong>
            <br />
            <small>
              {o('alarmSince', {
                time: dateTime(Date.parse(alarm.since)),
                value: valueText(alarm.value),
                limit: valueText(alarm.limit),
                unit: alarm.unit,
              })}
              {alarm.runbook && ` · ${o('runbook', { place: alarm.runbook })}`}
            </small>
          </Notice>
        </li>
      ))}
    </ul>
  )
}
