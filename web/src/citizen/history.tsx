/// All test results, newest first, page by page. A failure here never touches the code.
import { useEffect, useState } from 'preact/hooks'
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

/** Pages loaded so far and a function that loads the next. */
function useResults() {
  const [items, setItems] = useState<TestResult[] | null>(null)
  const [cursor, setCursor] = useState<string | null>(null)
  const [failed, setFailed] = useState('')
  const load = async (from: string | null) => {
    setFailed('')
    try {
      const path = from ? `/v1/results?cursor=${encodeURIComponent(from)}` : '/v1/results'
      const page = await client.get<Page<TestResult>>(path)
      setItems([...(from ? (items ?? []) : []), ...page.items])
      setCursor(page.nextCursor ?? null)
    } catch (error) {
      setFailed(failureText(error))
    }
  }
  return { items, cursor, failed, load }
}

export default function History() {
  const { items, cursor, failed, load } = useResults()
  useEffect(() => void load(null), [])
  return (
    <>
      <h2>{g('historyTitle')}</h2>
      {failed && (
        <Notice tone="warn">
          <p>{g('failed', { text: failed })}</p>
          <p>{g('codesWork')}</p>
          <Button onClick={() => void load(cursor)}>{t('retry')}</Button>
        </Notice>
      )}
      {!items && !failed && <p class="loading">{t('open')}</p>}
      {items?.length === 0 && <p>{g('historyNone')}</p>}
      <ul class="stack">
        {items?.map((result) => (
          <Result key={result.sampled + result.reported} result={result} />
        ))}
      </ul>
      {cursor && <Button onClick={() => void load(cursor)}>{g('more')}</Button>}
    </>
  )
}
