/// Form for one test result.
import { useState } from 'preact/hooks'
import { cityDate, clockTime } from '../i18n/time'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { canonicalNumber } from '../ui/resident_id'
import { Select } from '../ui/select'
import { DocumentInputs } from './document_inputs'
import { instant, METHODS, OUTCOMES, type ResultRow, TUBES } from './result_rows'
import { c } from './text/console'

const HOUR_MS = 3_600_000

/** Value of a `datetime-local` input in city time. */
function local(ms: number): string {
  return `${cityDate(ms)}T${clockTime(ms).slice(0, 5)}`
}

function empty(nowMs: number): ResultRow {
  return {
    id: crypto.randomUUID(),
    document: { kind: 'resident-id', number: '' },
    sampled: local(nowMs - 8 * HOUR_MS),
    received: local(nowMs - 4 * HOUR_MS),
    reported: local(nowMs),
    outcome: 'negative',
    tube: 'single',
    method: 'naat',
    institution: '',
  }
}

/** With times as the server takes them; null while one is missing. */
function complete(row: ResultRow): ResultRow | null {
  const [sampled, received, reported] = [instant(row.sampled), instant(row.received), instant(row.reported)]
  if (!sampled || !received || !reported || !row.document.number || !row.institution.trim()) return null
  const document = { ...row.document, number: canonicalNumber(row.document.number) }
  return { ...row, document, sampled, received, reported, institution: row.institution.trim() }
}

interface Props {
  busy: boolean
  /** True if the server took every row. */
  onPost: (rows: ResultRow[]) => Promise<boolean>
}

export function ResultForm({ busy, onPost }: Props) {
  const [row, setRow] = useState(() => empty(Date.now()))
  const edit = (part: Partial<ResultRow>) => setRow({ ...row, ...part })
  const ready = complete(row)
  const submit = async (event: Event) => {
    event.preventDefault()
    // The same id is sent again after a failure, so that a lost answer can't post twice.
    if (ready && (await onPost([ready]))) setRow({ ...empty(Date.now()), institution: row.institution })
  }
  return (
    <form class="card row" onSubmit={(event) => void submit(event)} noValidate data-test="result-form">
      <DocumentInputs value={row.document} onValue={(document) => edit({ document })} />
      {(['sampled', 'received', 'reported'] as const).map((time) => (
        <Field key={time} id={time} label={c(time)} type="datetime-local" value={row[time]} onValue={(value) => edit({ [time]: value })} />
      ))}
      <Select id="outcome" label={c('outcome')} value={row.outcome} options={OUTCOMES.map((o) => [o, c(o)] as const)} onValue={(outcome) => edit({ outcome })} />
      <Select id="tube" label={c('tube')} value={row.tube} options={TUBES.map((o) => [o, c(o)] as const)} onValue={(tube) => edit({ tube })} />
      <Select id="method" label={c('method')} value={row.method} options={METHODS.map((o) => [o, c(o)] as const)} onValue={(method) => edit({ method })} />
      <Field id="institution" label={c('institution')} value={row.institution} onValue={(institution) => edit({ institution })} maxLength={80} />
      <Button type="submit" look="primary" busy={busy} disabled={!ready} data-test="post-result">
        {c('post')}
      </Button>
    </form>
  )
}
