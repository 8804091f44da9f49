/// Colour, reasons, test and vaccine as tables show them.
import { Fragment } from 'preact'
import type { Colour, Reason, TestResult, Vaccination } from '../api/types'
import { pick } from '../i18n/lang'
import { dateTime } from '../i18n/time'
import { Badge } from '../ui/badge'
import { Icon, type IconName } from '../ui/icon'
import { c, word } from './text/console'

const ICONS: Record<Colour, IconName> = { green: 'tick', yellow: 'alert', red: 'cross' }
const TONES = { green: 'good', yellow: 'warn', red: 'bad' } as const
const OUTCOMES = { negative: 'good', positive: 'bad', indeterminate: 'warn', invalid: 'quiet' } as const

/** Time of the server for a table. */
export function when(rfc3339: string): string {
  return dateTime(Date.parse(rfc3339))
}

export function ColourBadge({ colour }: { colour: Colour }) {
  return (
    <span class="colour" data-test="colour" data-colour={colour}>
      <Badge tone={TONES[colour]}>
        <Icon name={ICONS[colour]} /> {c(colour)}
      </Badge>
    </span>
  )
}

/** Name and value pairs. */
export function Facts({ rows }: { rows: readonly (readonly [string, preact.ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}

export function Reasons({ items }: { items: readonly Reason[] }) {
  if (items.length === 0) return <>{c('noReasons')}</>
  return (
    <ul class="stack">
      {items.map((reason) => (
        <li key={reason.code + reason.since}>
          <strong>{pick(reason.textZh, reason.textEn)}</strong> {c('since', { time: when(reason.since) })}{' '}
          {reason.until && c('until', { time: when(reason.until) })}
          <br />
          <small>
            {c('basis')}: {pick(reason.basisZh, reason.basisEn)}
          </small>
          <br />
          <small>
            {c('wayBack')}: {pick(reason.wayBackZh, reason.wayBackEn)}
          </small>
        </li>
      ))}
    </ul>
  )
}

export function Outcome({ result }: { result: TestResult }) {
  return <Badge tone={OUTCOMES[result.outcome]}>{word(result.outcome)}</Badge>
}

export function LatestTest({ test }: { test: TestResult | null }) {
  if (!test) return <>{c('noTest')}</>
  return (
    <>
      <Outcome result={test} /> {c('sampled')} {when(test.sampled)} · {c('reported')} {when(test.reported)} · {test.institution}
    </>
  )
}

export function vaccineText(vaccine: Vaccination | null): string {
  return vaccine ? c('doses', { doses: vaccine.doses, date: vaccine.last }) : c('noTest')
}
