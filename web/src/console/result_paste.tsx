/// Pasted rows of test results, with every error named by line before anything is sent.
import { useMemo, useState } from 'preact/hooks'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { parseRows, type ResultRow } from './result_rows'
import { c } from './text/console'

/** Lines with errors shown at once. */
const SHOWN = 20

interface Props {
  busy: boolean
  onPost: (rows: ResultRow[]) => Promise<boolean>
}

export function ResultPaste({ busy, onPost }: Props) {
  const [text, setText] = useState('')
  // Ids belong to the text: posting the same text again after a failure repeats them.
  const { rows, errors } = useMemo(() => parseRows(text, () => crypto.randomUUID()), [text])
  const submit = async (event: Event) => {
    event.preventDefault()
    if (await onPost(rows)) setText('')
  }
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate data-test="paste-form">
      <div class="field">
        <label for="rows">{c('pasteResults')}</label>
        <p class="hint" id="rows-hint">
          {c('pasteHint')}
        </p>
        <textarea id="rows" rows={8} value={text} onInput={(event) => setText(event.currentTarget.value)} aria-describedby="rows-hint" spellcheck={false} />
      </div>
      {text.trim() && (
        <Notice tone={errors.length > 0 ? 'bad' : 'good'}>
          <p>{c('rowsReady', { good: rows.length, bad: errors.length })}</p>
          {errors.slice(0, SHOWN).map(({ line, code, values }) => (
            <p key={line}>{c('line', { line, text: c(code, values) })}</p>
          ))}
        </Notice>
      )}
      <Button type="submit" look="primary" busy={busy} disabled={rows.length === 0 || errors.length > 0} data-test="post-rows">
        {c('post')}
      </Button>
    </form>
  )
}
