/// The tubes of this device: who is in them, which can still be opened again.
import { useEffect, useState } from 'preact/hooks'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import type { Sampler } from '../sampler'
import type { SampleRow, TubeRow } from '../store/rows'
import { d } from '../text/desk'
import { hourMinute, refusalText } from '../words'
import { People } from './people'

/** More than a table fills in a shift of pools of ten. */
const SHOWN = 200

function PeopleOf({ sampler, tube }: { sampler: Sampler; tube: TubeRow }) {
  const changes = useValue(sampler.changes)
  const [rows, setRows] = useState<readonly SampleRow[]>([])
  useEffect(() => void sampler.samples.people(tube.tube).then(setRows), [sampler, tube.tube, changes])
  return <People rows={rows} onUndo={(row) => void sampler.table.undo(row)} />
}

function Tube({ sampler, row, onTable }: { sampler: Sampler; row: TubeRow; onTable: () => void }) {
  const [open, setOpen] = useState(false)
  const reopen = () => void sampler.table.resume(row.tube).then(onTable)
  const sealed = row.sealedMs !== undefined
  return (
    <li class="card stack" data-test="tube" data-tube={row.tube} data-sealed={sealed}>
      <p class="tube-head">
        <b class="code-text">{row.tube}</b>
        <span>{d('people', { people: row.people, size: row.size })}</span>
      </p>
      <p>
        {sealed ? d('sealedAt', { time: hourMinute(row.sealedMs ?? 0) }) : <Badge tone={row.open ? 'warn' : 'quiet'}>{d(row.open ? 'open' : 'putAway')}</Badge>}
        {row.box && ` · ${d('inBox', { box: row.box })}`}
      </p>
      {row.sealRefused && <Notice tone="warn">{d('sealRefused', { why: refusalText(row.sealRefused) })}</Notice>}
      {sealed && <p class="hint">{d(row.sealSent ? 'sealSent' : 'reopenHint')}</p>}
      <div class="sheet-actions">
        <Button onClick={() => setOpen(!open)} aria-expanded={open} data-test="people-of">
          {d(open ? 'hide' : 'peopleOf')}
        </Button>
        {(!sealed || (!row.sealSent && row.box === undefined)) && (
          <Button onClick={reopen} data-test="reopen-tube">
            {d(sealed ? 'reopen' : 'navTable')}
          </Button>
        )}
      </div>
      {open && <PeopleOf sampler={sampler} tube={row} />}
    </li>
  )
}

export function TubesScreen({ sampler, onTable }: { sampler: Sampler; onTable: () => void }) {
  const changes = useValue(sampler.changes)
  const [rows, setRows] = useState<readonly TubeRow[] | null>(null)
  useEffect(() => void sampler.samples.latestTubes(SHOWN).then(setRows), [sampler, changes])
  return (
    <section class="stack">
      <h2>{d('tubesTitle')}</h2>
      {rows?.length === 0 && <p class="quiet">{d('noTubes')}</p>}
      <ul class="stack">
        {rows?.map((row) => (
          <Tube key={row.tube} sampler={sampler} row={row} onTable={onTable} />
        ))}
      </ul>
    </section>
  )
}
