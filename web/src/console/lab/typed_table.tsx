/// Scanned tubes with their results, newest first, and what became of each.
import type { Outcome } from '../../api/types'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Table } from '../../ui/table'
import { when } from '../health'
import { OUTCOMES } from '../result_rows'
import { word } from '../text/console'
import { l } from '../text/lab'
import { saidOf } from './row_words'
import { isEditable, type TypedRow } from './typed_rows'

const TONES = { new: 'quiet', sent: 'warn', recorded: 'good', duplicate: 'quiet', rejected: 'bad' } as const

interface Props {
  rows: readonly TypedRow[]
  onEdit: (id: string, part: Partial<Pick<TypedRow, 'outcome' | 'remark'>>) => void
  onRemove: (id: string) => void
}

function Choice({ row, onEdit }: { row: TypedRow; onEdit: Props['onEdit'] }) {
  if (!isEditable(row)) return <strong>{word(row.outcome)}</strong>
  return (
    <select
      class={`cell-input outcome-${row.outcome}`}
      aria-label={l('outcomeOf', { tube: row.tube })}
      value={row.outcome}
      onChange={(event) => onEdit(row.id, { outcome: event.currentTarget.value as Outcome })}
      data-test={`outcome-${row.tube}`}
    >
      {OUTCOMES.map((outcome) => (
        <option key={outcome} value={outcome} selected={outcome === row.outcome}>
          {word(outcome)}
        </option>
      ))}
    </select>
  )
}

function Remark({ row, onEdit }: { row: TypedRow; onEdit: Props['onEdit'] }) {
  if (!isEditable(row)) return <>{row.remark}</>
  return (
    <input
      class="cell-input"
      aria-label={l('remarkOf', { tube: row.tube })}
      value={row.remark}
      maxLength={130}
      onInput={(event) => onEdit(row.id, { remark: event.currentTarget.value })}
    />
  )
}

function Status({ row }: { row: TypedRow }) {
  const people = row.state === 'recorded' && row.said?.people != null ? l('peopleTold', { n: row.said.people }) : ''
  const said = row.state === 'rejected' && row.said ? saidOf(row.said) : people
  return (
    <span data-test={`state-${row.tube}`} data-state={row.state}>
      <Badge tone={TONES[row.state]}>{l(row.state)}</Badge> {said}
    </span>
  )
}

export function TypedTable({ rows, onEdit, onRemove }: Props) {
  const newestFirst = rows.map((row, i) => ({ row, n: i + 1 })).reverse()
  return (
    <Table
      label={l('rows')}
      empty={l('rowsNone')}
      heads={['#', l('tube'), l('outcome'), l('received'), l('reported'), l('remark'), l('status'), '']}
      rows={newestFirst.map(({ row, n }) => ({
        key: row.id,
        cells: [
          n,
          <span class="code-text">{row.tube}</span>,
          <Choice row={row} onEdit={onEdit} />,
          when(row.received),
          when(row.reported),
          <Remark row={row} onEdit={onEdit} />,
          <Status row={row} />,
          isEditable(row) && (
            <Button look="link" onClick={() => onRemove(row.id)} aria-label={l('removeTube', { tube: row.tube })}>
              {l('remove')}
            </Button>
          ),
        ],
      }))}
    />
  )
}
