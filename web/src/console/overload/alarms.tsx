/// Alarms that are raised now, in words, with the time they have stood.
import { pick } from '../../i18n/lang'
import { dateTime } from '../../i18n/time'
import { Notice } from '../../ui/notice'
import type { Alarm } from './figures'
import { o } from '../text/overload'
import { measured } from '../text/units'

function detailOf({ since, value, limit, unit, runbook }: Alarm): string[] {
  const [now, most] = [measured(value, unit), measured(limit, unit)]
  return [
    o('alarmSince', { time: dateTime(Date.parse(since)) }),
    now && most ? o('alarmValues', { value: now, limit: most }) : '',
    runbook ? o('runbook', { place: runbook }) : '',
  ].filter(Boolean)
}

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
              {detailOf(alarm).join(' · ')}
            </small>
          </Notice>
        </li>
      ))}
    </ul>
  )
}
