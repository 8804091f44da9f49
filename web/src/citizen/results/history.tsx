/// All test results, newest first, page by page, and what waits for one. A failure here never touches the code.
import { useEffect, useState } from 'preact/hooks'
import { Problem } from '../../api/problem'
import type { HistoryResult } from '../../api/resident'
import { Button } from '../../ui/button'
import { now } from '../../ui/clock'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import { AskingState, askingText } from '../asking'
import { cityNow } from '../state'
import { t } from '../text/code'
import { res } from '../text/results'
import { Pending, Result } from './items'
import { furtherResults, results } from './known'
import { pendingOf } from './pending'
import { isSettled } from './settled'

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
          <Result key={result.id ?? result.sampled + result.reported} result={result} settled={isSettled(result, items)} />
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
