/// Latest test, vaccine and the reasons of a colour. The QR above does not wait for any of them.
import { dateTime, dayTime } from '../i18n/time'
import { pick } from '../i18n/lang'
import type { BadgeName, Code, Outcome, Reason } from '../api/types'
import { Badge } from '../ui/badge'
import { now } from '../ui/clock'
import { Icon } from '../ui/icon'
import { SHIELD } from '../ui/icon_paths'
import { useValue } from '../ui/value'
import { badgeOf } from './badge'
import { cityNow, server } from './state'
import { t } from './text/code'
import { h } from './text/facts'

const OUTCOME_TONES = { negative: 'good', positive: 'bad', indeterminate: 'warn', invalid: 'warn' } as const
export const BADGE_TONES: Record<BadgeName, 'good' | 'warn' | 'quiet'> = {
  'within-24h': 'good',
  'within-48h': 'good',
  'within-72h': 'warn',
  older: 'quiet',
}

export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  return <Badge tone={OUTCOME_TONES[outcome]}>{h(outcome)}</Badge>
}

function TestTile({ code }: { code: Code }) {
  useValue(now)
  const { test, clockReference } = code
  if (!test) return <p class="quiet">{h('noTest')}</p>
  const badge = badgeOf(test, clockReference, cityNow())
  return (
    <>
      {test.outcome === 'negative' && (
        <p class={`hours ${BADGE_TONES[badge]}`} data-test="test-badge" data-badge={badge}>
          {h(badge)}
        </p>
      )}
      <p>
        <OutcomeBadge outcome={test.outcome} />
      </p>
      <small class="quiet">{h(clockReference, { time: dayTime(Date.parse(test[clockReference])) })}</small>
    </>
  )
}

function VaccineTile({ code }: { code: Code }) {
  const off = useValue(server)?.switchedOff?.includes('vaccineBadge')
  if (off) return <small class="quiet" data-test="vaccine-off">{h('vaccineOff')}</small>
  if (!code.vaccine) return <p class="quiet">{h('noVaccine')}</p>
  return (
    <>
      <p class="shield">
        <Icon path={SHIELD} />
        {h('doses', { doses: code.vaccine.doses })}
      </p>
      <small class="quiet">{h('lastDose', { date: code.vaccine.last })}</small>
    </>
  )
}

export function Facts({ code }: { code: Code }) {
  return (
    <div class="tiles">
      <section class="card" data-test="test-tile">
        <h2>{h('test')}</h2>
        <TestTile code={code} />
      </section>
      <section class="card" data-test="vaccine-tile">
        <h2>{h('vaccine')}</h2>
        <VaccineTile code={code} />
      </section>
    </div>
  )
}

function ReasonItem({ reason }: { reason: Reason }) {
  const wayBack = pick(reason.wayBackZh, reason.wayBackEn)
  const basis = pick(reason.basisZh, reason.basisEn)
  return (
    <li class="stack" data-test={`reason-${reason.code}`}>
      <strong>{pick(reason.textZh, reason.textEn)}</strong>
      <small class="quiet">
        {h('since', { time: dateTime(Date.parse(reason.since)) })}
        {reason.until && ` ${h('until', { time: dateTime(Date.parse(reason.until)) })}`}
      </small>
      {basis && <small>{h('basis', { basis })}</small>}
      {wayBack && <p>{h('wayBack', { text: wayBack })}</p>}
    </li>
  )
}

/** Why the code has its colour: open by itself unless it is green. */
export function Why({ code }: { code: Code }) {
  return (
    <details class="card why" open={code.colour !== 'green'} data-test="why">
      <summary>{h('why', { colour: t(code.colour) })}</summary>
      {code.reasons.length === 0 ? (
        <p>{h('whyGreen')}</p>
      ) : (
        <ul class="stack">
          {code.reasons.map((reason) => (
            <ReasonItem key={reason.code + reason.since} reason={reason} />
          ))}
        </ul>
      )}
    </details>
  )
}
