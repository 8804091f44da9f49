/// What a dry run or a posting did: counts, and every row that is wrong with what is wrong.
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { Table } from '../../ui/table'
import { m } from '../text/lab_import'
import { download } from './download'
import { errorFileName, type ImportAnswer, withMark } from './import_file'
import { saidOf } from './row_words'

/** Rows shown at once; the error file has all. */
const SHOWN = 100
const count = (n: number) => n.toLocaleString('en-US')

function Counts({ answer }: { answer: ImportAnswer }) {
  const { dryRun, rows, recorded, duplicates, rejected, people } = answer
  const figures = [
    ['rows', m('rows'), rows, ''],
    ['recorded', m(dryRun ? 'recorded' : 'recordedNow'), recorded, 'good'],
    ['duplicates', m('duplicates'), duplicates, ''],
    ['rejected', m(dryRun ? 'rejected' : 'rejectedNow'), rejected, rejected > 0 ? 'bad' : ''],
    ['people', m('people'), people, ''],
  ] as const
  return (
    <dl class="figures">
      {figures.map(([key, name, value, tone]) => (
        <div key={key} class={tone}>
          <dt>{name}</dt>
          <dd data-test={`count-${key}`}>{count(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

export function ImportOutcome({ answer, fileName }: { answer: ImportAnswer; fileName: string }) {
  const { items, errors, rejected, dryRun } = answer
  const wrong = () => m(dryRun ? 'someBad' : 'someBadPosted', { n: count(rejected) })
  return (
    <div class="stack" data-test={answer.dryRun ? 'dry-run-answer' : 'import-answer'} aria-live="polite">
      <Counts answer={answer} />
      <Notice tone={rejected > 0 ? 'warn' : 'good'}>{rejected > 0 ? wrong() : m('allGood')}</Notice>
      {items.length > 0 && (
        <Table
          label={m('refused')}
          empty=""
          heads={[m('line'), m('tube'), m('wrong')]}
          rows={items.slice(0, SHOWN).map((row) => ({ key: row.line, cells: [row.line, <span class="code-text">{row.tube || '—'}</span>, saidOf(row)] }))}
        />
      )}
      {items.length > SHOWN && <p class="hint">{m('shown', { n: SHOWN })}</p>}
      {errors && (
        <div class="buttons">
          <Button onClick={() => download(errorFileName(fileName, m('errorWord')), withMark(errors))} data-test="error-file">
            {m('errorFile')}
          </Button>
          <p class="hint beside">{m('errorHint')}</p>
        </div>
      )}
    </div>
  )
}
