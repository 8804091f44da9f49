/// All test results, newest first, page by page, and what waits for one. A failure here never touches the code.
import { useEffect, useState } from 'preact/hooks'
import { Problem } from '../../api/problem'
import type { HistoryResult, Sample } from '../../api/resident'
import { dateTime } from '../../i18n/time'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { now } from '../../ui/clock'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import { AskingState, askingText } from '../asking'
import { badgeOf } from '../badge'
import { BADGE_TONES, OutcomeBadge } from '../health_facts'
import { go } from '../route'
import { cityNow, holding } from '../state'
import { t } from '../text/code'
import { h } from '../text/facts'
import { res } from '../text/results'
import { furtherResults, results } from './known'
import { LATE_MS, pendingOf } from './pending'
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

function Result({ result }: { result: HistoryResult }) {
  const step = nextStep(result)
  return (
    <li class="card stack" data-test="result">
      <div class="result-head">
        <OutcomeBadge outcome={result.outcome} />
        <HoursBadge result={result} />
        <span>
          {res(result.method)} · {res(result.tube)}
        </span>
      </div>
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

function Pending({ sample }: { sample: Sample }) {
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

/** Pages after the first, which is kept. */
function useFurther(firstCursor: string | null) {
  const [items, setItems] = useState<HistoryResult[]>([])
  const [cursor, setCursor] = useState(firstCursor)
  const [failed, setFailed] = useState('')
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    setItems([])
    setCursor(firstCursor)
  }, [firstCursor])
  const load = async (from: string) => {
    setBusy(true)
    try {
      const page = await furtherResults(from)
      setFailed('')
      setItems((before) => [...before, ...page.items])
      setCursor(page.nextCursor ?? null)
    } catch (error) {
      setFailed(askingText(error))
    }
    setBusy(false)
  }
  return { items, cursor, failed, busy, load }
}

/** Switched off by decision, or late: both leave the code and its latest result alone. */
function Failure({ failure }: { failure: unknown }) {
  const code = failure instanceof Problem ? failure.code : ''
  if (code === 'switched-off') {
    return (
      <Notice>
        <span data-test="history-off">{res('off')}</span>
      </Notice>
    )
  }
  const passing = !(failure instanceof Problem) || failure.status === 429 || failure.status >= 500
  return (
    <Notice tone="warn">
      <p data-test="history-failed">{passing ? res('late') : askingText(failure)}</p>
    </Notice>
  )
}

function Shown() {
  useValue(now)
  const kept = useValue(results.known)?.value
  const { items: further, cursor, failed, busy, load } = useFurther(kept?.nextCursor ?? null)
  if (!kept) return null
  const items = [...kept.items, ...further]
  const pending = pendingOf(kept.samples ?? [], items, cityNow())
  return (
    <>
      {kept.samples === null && <p class="quiet">{res('samplesLate')}</p>}
      {items.length + pending.length === 0 && <p>{res('none')}</p>}
      <ul class="stack">
        {pending.map((sample) => (
          <Pending key={sample.id} sample={sample} />
        ))}
        {items.map((result) => (
          <Result key={result.id ?? result.sampled + result.reported} result={result} />
        ))}
      </ul>
      {failed && <Notice tone="warn">{failed}</Notice>}
      {cursor && (
        <Button busy={busy} onClick={() => void load(cursor)}>
          {failed ? t('retry') : res('more')}
        </Button>
      )}
    </>
  )
}

export default function History() {
  useEffect(() => void results.recall().then(results.ask), [])
  return (
    <>
      <h2>{res('title')}</h2>
      <AskingState from={results} onAsk={results.ask} notice={(failure) => <Failure failure={failure} />} />
      <Shown />
    </>
  )
}
