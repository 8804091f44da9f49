/// Everybody in a tube; whoever was undone stays in the list, struck through, with the time.
import { useState } from 'preact/hooks'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import type { SampleRow } from '../store/rows'
import { flagText, t, type TableKey } from '../text/table'
import { hourMinute, personName, sourceText } from '../words'

type Tone = 'good' | 'warn' | 'bad' | 'quiet'

function stateOf(row: SampleRow): readonly [TableKey, Tone] {
  if (row.refusedMs !== undefined) return ['refusedRow', 'bad']
  if (row.flags?.length) return ['flagged', 'warn']
  return row.ackMs === undefined ? ['notSent', 'quiet'] : ['sent', 'good']
}

/** What is odd about a sample; of one that was undone only that it was undone too late. */
function oddOf({ flags = [], undoneMs }: SampleRow): readonly string[] {
  return undoneMs === undefined ? flags : flags.filter((flag) => flag === 'undone-after-result')
}

function Person({ row, at, onUndo }: { row: SampleRow; at: number; onUndo: (row: SampleRow) => void }) {
  const [sure, setSure] = useState(false)
  const [word, tone] = stateOf(row)
  const name = row.label ? `${personName(row.label)} ${t('person', { tail: row.label.tail })}` : t('forgotten')
  const undone = row.undoneMs !== undefined
  return (
    <li class={undone ? 'undone' : ''} data-test="person" data-undone={undone}>
      <span class="ordinal">{at}</span>
      <span class="line-text">
        <span>{undone ? <s>{name}</s> : name}</span>
        <small>
          {hourMinute(row.sampledMs)} {sourceText(row.source)}{' '}
          {undone ? t('undoneAt', { time: hourMinute(row.undoneMs ?? 0) }) : <Badge tone={tone}>{t(word)}</Badge>}
        </small>
        {oddOf(row).map((flag) => (
          <small key={flag} class="flag" data-test="flag" data-flag={flag}>
            {flagText(flag)}
          </small>
        ))}
      </span>
      {!undone && (
        <Button look="danger" onClick={() => (sure ? onUndo(row) : setSure(true))} data-test="undo" aria-label={`${t(sure ? 'undoSure' : 'undo')} ${name}`}>
          {t(sure ? 'undoSure' : 'undo')}
        </Button>
      )}
    </li>
  )
}

export function People({ rows, onUndo }: { rows: readonly SampleRow[]; onUndo: (row: SampleRow) => void }) {
  return (
    <ol class="people" data-test="people">
      {rows.map((row, i) => (
        <Person key={row.id} row={row} at={i + 1} onUndo={onUndo} />
      ))}
    </ol>
  )
}
