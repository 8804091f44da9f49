/// Results typed or scanned tube by tube and posted in one batch.
import { useState } from 'preact/hooks'
import { Problem } from '../../api/problem'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { OUTCOMES } from '../result_rows'
import { ScanForm } from '../sampling/scan_form'
import type { TubeRowOutcome } from '../sampling/types'
import { client, failureText } from '../session'
import { word } from '../text/console'
import { l } from '../text/lab'
import { type Batch, BatchFields, emptyBatch, NextOutcome, timesOfBatch } from './batch_fields'
import { useInstitution } from './institution'
import { useKeptRows } from './kept_rows'
import { PositiveConfirm } from './positive_confirm'
import { bodyOf, edited, inState, isOpen, outcomeCounts, removed, settled, toPost, type TypedRow, withScan } from './typed_rows'
import { TypedTable } from './typed_table'

/** Posts rows and enters the answers. A refusal as a whole recorded nothing; a lost answer leaves the rows as they were sent. */
function usePosting(change: (how: (rows: TypedRow[]) => TypedRow[]) => void) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  const post = async (sending: TypedRow[]) => {
    const ids = new Set(sending.map(({ id }) => id))
    setBusy(true)
    setError('')
    change((rows) => inState(rows, ids, 'sent'))
    try {
      const answer = await client.post<{ items: TubeRowOutcome[] }>('/v1/tube-results', { results: sending.map(bodyOf) })
      change((rows) => settled(rows, answer.items))
    } catch (failure) {
      const recordedNothing = failure instanceof Problem && failure.status < 500
      if (recordedNothing) change((rows) => inState(rows, ids, 'new'))
      setError(failureText(failure))
    } finally {
      setBusy(false)
    }
  }
  return { busy, error, post }
}

function PostLine({ rows, busy, onPost, onClear }: { rows: TypedRow[]; busy: boolean; onPost: () => void; onClear: () => void }) {
  const going = toPost(rows)
  const isAgain = going.some(({ state }) => state === 'sent')
  const done = rows.filter((row) => !isOpen(row))
  const counts = outcomeCounts(going, OUTCOMES).map(([outcome, n]) => `${word(outcome)} ${n}`)
  return (
    <>
      {isAgain && !busy && <Notice tone="warn">{l('againHint')}</Notice>}
      {going.length > 0 && <p data-test="to-post">{l('ready', { n: going.length, counts: counts.join(' · ') })}</p>}
      <div class="buttons">
        <Button look="primary" busy={busy} disabled={going.length === 0} onClick={onPost} data-test="post-tubes">
          {l(isAgain ? 'again' : 'post', { n: going.length })}
        </Button>
        {done.length > 0 && (
          <Button onClick={onClear} data-test="clear-done">
            {l('clear', { n: done.length })}
          </Button>
        )}
      </div>
    </>
  )
}

function Settled({ rows }: { rows: TypedRow[] }) {
  const n = (state: TypedRow['state']) => rows.filter((row) => row.state === state).length
  const counts = { recorded: n('recorded'), duplicate: n('duplicate'), rejected: n('rejected') }
  if (counts.recorded + counts.duplicate + counts.rejected === 0) return null
  return (
    <Notice tone={counts.rejected > 0 ? 'warn' : 'good'}>
      <p data-test="settled">{l('settled', counts)}</p>
      {rows.some(({ said }) => said?.problem === 'already-reported') && <p>{l('reportedHint')}</p>}
    </Notice>
  )
}

export function TypeResults({ staffId }: { staffId: number }) {
  const [institution, setInstitution] = useInstitution()
  const [batch, setBatch] = useState<Batch>(emptyBatch)
  const [rows, change] = useKeptRows(staffId)
  const [isAsking, setIsAsking] = useState(false)
  const { busy, error, post } = usePosting(change)
  const scan = (tube: string): string | null => {
    if (!institution.trim()) return l('needInstitution')
    const times = timesOfBatch(batch, Date.now())
    if (!times) return l('timesWrong')
    const row: TypedRow = { id: crypto.randomUUID(), tube, ...times, outcome: batch.outcome, method: batch.method, institution: institution.trim(), remark: '', state: 'new' }
    const next = withScan(rows, row)
    if ('refused' in next) return l(next.refused, { tube })
    change(() => next.rows)
    return null
  }
  const submit = () => {
    const going = toPost(rows)
    // Rows that go again were confirmed before.
    const asks = going.some(({ outcome, state }) => outcome === 'positive' && state !== 'sent')
    if (asks && !isAsking) return setIsAsking(true)
    setIsAsking(false)
    void post(going)
  }
  const last = rows.at(-1)
  return (
    <div class="stack" data-test="type-results">
      <section class="card stack">
        <BatchFields institution={institution} onInstitution={setInstitution} batch={batch} onBatch={setBatch} />
        <ScanForm id="result-tube" label={l('tubeScan')} button={l('add')} onScan={scan} test="scan-result">
          <NextOutcome batch={batch} onBatch={setBatch} />
        </ScanForm>
        <p aria-live="polite" data-test="last-scan">
          {last && l('lastScan', { n: rows.length, tube: last.tube, outcome: word(last.outcome) })}
        </p>
      </section>
      <section class="card stack">
        <Settled rows={rows} />
        {error && (
          <Notice tone="bad" role="alert">
            {error}
          </Notice>
        )}
        <PostLine rows={rows} busy={busy} onPost={submit} onClear={() => change((all) => all.filter(isOpen))} />
        <TypedTable
          rows={rows}
          onEdit={(id, part) => change((all) => edited(all, id, part))}
          onRemove={(id) => change((all) => removed(all, id))}
        />
        <p class="hint">{l('kept')}</p>
      </section>
      {isAsking && <PositiveConfirm rows={toPost(rows)} onYes={submit} onClose={() => setIsAsking(false)} />}
    </div>
  )
}
