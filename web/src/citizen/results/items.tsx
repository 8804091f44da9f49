/// One result, and one sample that waits for its result.
import type { HistoryResult, Sample } from '../../api/resident'
import { lang } from '../../i18n/lang'
import { dateTime } from '../../i18n/time'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { useValue } from '../../ui/value'
import { badgeOf } from '../badge'
import { BADGE_TONES, OutcomeBadge } from '../health_facts'
import { go } from '../route'
import { cityNow, holding } from '../state'
import { h } from '../text/facts'
import { res } from '../text/results'
import { correctionText } from './correction'
import { LATE_MS } from './pending'
import './results.css'

/** 24, 48 or 72 h, by the one clock of the code; only where it speaks for the person. */
function HoursBadge({ result }: { result: HistoryResult }) {
  const reference = useValue(holding)?.code.clockReference ?? 'sampled'
  const badge = badgeOf(result, reference, cityNow())
  if (result.outcome !== 'negative' || badge === 'older') return null
  return (
    <span data-test="hours-badge" data-badge={badge}>
      <Badge tone={BADGE_TONES[badge]}>{h(badge)}</Badge>
    </span>
  )
}

const TIMES = ['sampled', 'received', 'reported'] as const

/** What the person has to do about an outcome; empty if nothing. */
function nextStep({ outcome, tube }: HistoryResult): string {
  if (outcome === 'invalid') return res('stepInvalid')
  if (outcome === 'indeterminate') return res('stepIndeterminate')
  return outcome === 'positive' ? res(tube === 'pooled' ? 'stepPooled' : 'stepPositive') : ''
}

/** Whether a result can be proved: a swab that says nothing proves nothing. */
function isProvable({ id, outcome }: HistoryResult): boolean {
  return Boolean(id) && (outcome === 'negative' || outcome === 'positive')
}

export function Result({ result, settled }: { result: HistoryResult; settled: boolean }) {
  const step = settled ? '' : nextStep(result)
  const correction = correctionText(result, useValue(lang))
  return (
    <li class="card stack" data-test="result">
      <div class="result-head">
        <OutcomeBadge outcome={result.outcome} />
        <HoursBadge result={result} />
        <span>
          {res(result.method)} · {res(result.tube)}
        </span>
      </div>
      {correction && <p data-test="corrected">{correction}</p>}
      {step && <p>{step}</p>}
      <dl class="facts-list">
        {TIMES.map((time) => (
          <div key={time}>
            <dt>{res(time)}</dt>
            <dd>{dateTime(Date.parse(result[time]))}</dd>
          </div>
        ))}
        {result.site && (
          <div>
            <dt>{res('site')}</dt>
            <dd>{result.site}</dd>
          </div>
        )}
        <div>
          <dt>{res('institution')}</dt>
          <dd>{result.institution}</dd>
        </div>
      </dl>
      {isProvable(result) && (
        <Button onClick={() => go('proof', result.id)} data-test="open-proof">
          {res('openProof')}
        </Button>
      )}
    </li>
  )
}

export function Pending({ sample }: { sample: Sample }) {
  const late = cityNow() - Date.parse(sample.sampled) > LATE_MS
  return (
    <li class="card stack" data-test="pending" data-late={late}>
      <div class="result-head">
        <Badge tone={late ? 'warn' : 'quiet'}>{res('pending')}</Badge>
        <span>{sample.size > 1 ? res('mixed', { size: sample.size }) : res('single')}</span>
      </div>
      <dl class="facts-list">
        <div>
          <dt>{res('sampled')}</dt>
          <dd>{dateTime(Date.parse(sample.sampled))}</dd>
        </div>
        {sample.pointName && (
          <div>
            <dt>{res('site')}</dt>
            <dd>{sample.pointName}</dd>
          </div>
        )}
      </dl>
      {late && <p>{res('pendingLate')}</p>}
    </li>
  )
}
