/// All test results, newest first, page by page. A failure here never touches the code.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { debounced } from '../api/debounce'
import { Problem } from '../api/problem'
import type { Page, TestResult } from '../api/types'
import { dateTime } from '../i18n/time'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { failureText } from './failure'
import { OutcomeBadge } from './health_facts'
import { client } from './server_talk'
import { t } from './text/code'
import { h } from './text/facts'
import { g } from './text/family'

function Result({ result }: { result: TestResult }) {
  const times = ['sampled', 'received', 'reported'] as const
  return (
    <li class="card stack" data-test="result">
      <div>
        <OutcomeBadge outcome={result.outcome} /> {g(result.method)} · {g(result.tube)}
      </div>
      {times.map((time) => (
        <small key={time}>{h(time, { time: dateTime(Date.parse(result[time])) })}</small>
      ))}
      <small class="quiet">{result.institution}</small>
    </li>
  )
}

/** Why there are no results: switched off by decision, not answered in time, or refused for a reason of its own. */
type Failure = { kind: 'off' | 'late' } | { kind: 'refused'; text: string }

function failureOf(error: unknown): Failure {
  if (!(error instanceof Problem)) return { kind: 'late' }
  if (error.code === 'switched-off') return { kind: 'off' }
  return error.status === 429 || error.status === 503 ? { kind: 'late' } : { kind: 'refused', text: failureText(error) }
}

/** Pages loaded so far and a function that loads the next; impatient presses share one request. */
function useResults() {
  const [items, setItems] = useState<TestResult[] | null>(null)
  const [cursor, setCursor] = useState<string | null>(null)
  const [failed, setFailed] = useState<Failure | null>(null)
  const load = async (from: string | null) => {
    try {
      const path = from ? `/v1/results?cursor=${encodeURIComponent(from)}` : '/v1/results'
      const page = await client.get<Page<TestResult>>(path)
      setFailed(null)
      setItems([...(from ? (items ?? []) : []), ...page.items])
      setCursor(page.nextCursor ?? null)
    } catch (error) {
      setFailed(failureOf(error))
    }
  }
  // The wrapper outlives a drawing, so it looks up what to load.
  const retry = useRef(() => load(cursor))
  retry.current = () => load(cursor)
  const again = useMemo(() => debounced(() => retry.current(), Date.now), [])
  return { items, cursor, failed, load, again }
}

function Failed({ failure, onRetry }: { failure: Failure; onRetry: () => void }) {
  if (failure.kind === 'off') {
    return (
      <Notice>
        <span data-test="history-off">{g('off')}</span>
      </Notice>
    )
  }
  return (
    <Notice tone="warn">
      <p data-test="history-failed">{failure.kind === 'refused' ? g('failed', { text: failure.text }) : g('late')}</p>
      {failure.kind === 'refused' && <p>{g('codesWork')}</p>}
      <Button onClick={onRetry}>{t('retry')}</Button>
    </Notice>
  )
}

export default function History() {
  const { items, cursor, failed, load, again } = useResults()
  useEffect(() => void load(null), [])
  return (
    <>
      <h2>{g('historyTitle')}</h2>
      {failed && <Failed failure={failed} onRetry={() => void again()} />}
      {!items && !failed && <p class="loading">{t('open')}</p>}
      {items?.length === 0 && <p>{g('historyNone')}</p>}
      <ul class="stack">
        {items?.map((result) => (
          <Result key={result.sampled + result.reported} result={result} />
        ))}
      </ul>
      {cursor && !failed && <Button onClick={() => void load(cursor)}>{g('more')}</Button>}
    </>
  )
}
