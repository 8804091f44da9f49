/// Posts test results: one by form, or many pasted from a table.
import { useState } from 'preact/hooks'
import type { RowOutcome } from '../api/types'
import { Badge } from '../ui/badge'
import { Notice } from '../ui/notice'
import { Table } from '../ui/table'
import { Tabs } from '../ui/tabs'
import { useRequest } from './request'
import { ResultForm } from './result_form'
import { ResultPaste } from './result_paste'
import type { ResultRow } from './result_rows'
import { client } from './session'
import { c, word } from './text/console'

const TONES = { recorded: 'good', duplicate: 'quiet', rejected: 'bad' } as const

interface Posted {
  rows: ResultRow[]
  items: RowOutcome[]
}

/** One line per row sent, so that nothing is lost without a word. */
function Outcomes({ rows, items }: Posted) {
  return (
    <section class="card" data-test="row-outcomes" aria-live="polite">
      <Table
        label={c('status')}
        empty={c('nothing')}
        heads={[c('number'), c('outcome'), c('status'), c('detail')]}
        rows={items.map(({ id, status, problem, detail }, i) => ({
          key: id,
          cells: [
            `…${rows[i]?.document.number.slice(-4) ?? ''}`,
            word(rows[i]?.outcome ?? ''),
            <Badge tone={TONES[status]}>{c(status)}</Badge>,
            [problem, detail].filter(Boolean).join(': '),
          ],
        }))}
      />
    </section>
  )
}

export function Results() {
  const [way, setWay] = useState<'oneResult' | 'pasteResults'>('oneResult')
  const [posted, setPosted] = useState<Posted | null>(null)
  const { busy, error, run } = useRequest()
  const post = async (rows: ResultRow[]): Promise<boolean> => {
    setPosted(null)
    const answer = await run(() => client.post<{ items: RowOutcome[] }>('/v1/test-results', { results: rows }))
    if (answer) setPosted({ rows, items: answer.items })
    // What was rejected stays in the form to be mended.
    return Boolean(answer?.items.every(({ status }) => status !== 'rejected'))
  }
  const ways = ['oneResult', 'pasteResults'] as const
  return (
    <div class="stack">
      <Tabs label={c('results')} value={way} items={ways.map((key) => [key, c(key)] as const)} onValue={setWay} />
      {way === 'oneResult' ? <ResultForm busy={busy} onPost={post} /> : <ResultPaste busy={busy} onPost={post} />}
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      {posted && <Outcomes {...posted} />}
    </div>
  )
}
