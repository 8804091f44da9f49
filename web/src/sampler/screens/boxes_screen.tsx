/// Packing sealed tubes into a box, and handing it to a courier.
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { listenForHandheld } from '../../scanner/handheld'
import { Viewfinder } from '../../scanner/viewfinder'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Icon } from '../../ui/icon'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import type { BoxError } from '../boxes'
import { NAV_ICONS } from '../icons'
import type { Sampler } from '../sampler'
import type { BoxRow, TubeRow } from '../store/rows'
import { d } from '../text/desk'
import { hourMinute } from '../words'
import { ANYTHING } from './table_screen'

const BARCODE_ERRORS = ['length', 'characters', 'no-digit', 'identity-number']

function errorText(error: BoxError): string {
  return d((BARCODE_ERRORS.includes(error) ? `box-${error}` : error) as Parameters<typeof d>[0])
}

function Loose({ rows, chosen, onChosen }: { rows: readonly TubeRow[]; chosen: ReadonlySet<string>; onChosen: (chosen: ReadonlySet<string>) => void }) {
  const toggle = (tube: string) => {
    const next = new Set(chosen)
    if (!next.delete(tube)) next.add(tube)
    onChosen(next)
  }
  return (
    <ul class="list tick-list">
      {rows.map(({ tube, people, sealedMs }) => (
        <li key={tube}>
          <label class="line">
            <input type="checkbox" checked={chosen.has(tube)} onChange={() => toggle(tube)} data-test="loose-tube" />
            <span class="line-text">
              <span class="code-text">{tube}</span>
              <small>
                {d('persons', { people })} · {d('sealedAt', { time: hourMinute(sealedMs ?? 0) })}
              </small>
            </span>
          </label>
        </li>
      ))}
    </ul>
  )
}

function Pack({ sampler, rows }: { sampler: Sampler; rows: readonly TubeRow[] }) {
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null)
  const [box, setBox] = useState('')
  const [scanning, setScanning] = useState(false)
  const [said, setSaid] = useState<{ error: BoxError } | { box: string; count: number } | null>(null)
  // As soon as the page is there: who sees it may scan.
  useLayoutEffect(() => listenForHandheld(setBox, ANYTHING), [])
  // Everything that is ready goes into the box unless somebody says otherwise.
  const ticked = chosen ?? new Set(rows.map(({ tube }) => tube))
  const tubes = rows.filter(({ tube }) => ticked.has(tube)).map(({ tube }) => tube)
  const pack = async () => {
    const error = await sampler.boxes.pack(box, tubes)
    setSaid(error ? { error } : { box: box.trim().toUpperCase(), count: tubes.length })
    if (!error) (setBox(''), setChosen(null))
  }
  const people = rows.reduce((sum, row) => sum + row.people, 0)
  return (
    <form class="card stack" onSubmit={(event) => (event.preventDefault(), void pack())}>
      <h3 data-test="loose" data-count={rows.length}>
        {d('loose', { count: rows.length, people })}
      </h3>
      {said && 'box' in said && <Notice tone="good">{d('packed', said)}</Notice>}
      {rows.length === 0 ? (
        <p class="quiet">{d('noLoose')}</p>
      ) : (
        <>
          <Loose rows={rows} chosen={ticked} onChosen={setChosen} />
          {scanning && (
            <div class="small-camera">
              <Viewfinder symbols="barcodes" hint={d('boxHint')} paused={() => false} onText={(text) => (setBox(text), setScanning(false))} />
            </div>
          )}
          <Field
            id="box"
            label={d('boxField')}
            value={box}
            onValue={setBox}
            hint={d('boxHint')}
            autocapitalize="characters"
            autocomplete="off"
            maxLength={24}
            error={said && 'error' in said ? errorText(said.error) : null}
            extra={
              <Button onClick={() => setScanning(!scanning)} aria-pressed={scanning} aria-label={d('scanBox')} data-test="scan-box">
                <Icon path={NAV_ICONS.table} />
              </Button>
            }
          />
          <Button look="primary" type="submit" data-test="pack">
            {d('pack', { count: tubes.length })}
          </Button>
        </>
      )}
    </form>
  )
}

function Box({ sampler, row }: { sampler: Sampler; row: BoxRow }) {
  const [courier, setCourier] = useState('')
  const [error, setError] = useState<BoxError | null>(null)
  const hand = async () => setError(await sampler.boxes.handOver(row.box, courier))
  return (
    <li class="card stack" data-test="box" data-handed={row.handedMs !== undefined}>
      <p>
        <b class="code-text">{row.box}</b>
        <br />
        <small class="quiet">{d('tubesInBox', { count: row.tubes.length, time: hourMinute(row.packedMs) })}</small>
      </p>
      {row.handedMs !== undefined ? (
        <p>{d('handed', { time: hourMinute(row.handedMs), courier: row.courier ?? '' })}</p>
      ) : (
        <form class="stack" onSubmit={(event) => (event.preventDefault(), void hand())}>
          <Field
            id={`courier-${row.box}`}
            label={d('courier')}
            value={courier}
            onValue={setCourier}
            maxLength={60}
            error={error && errorText(error)}
          />
          <Button look="primary" type="submit" data-test="hand-over">
            {d('handOver')}
          </Button>
        </form>
      )}
    </li>
  )
}

export function BoxesScreen({ sampler }: { sampler: Sampler }) {
  const changes = useValue(sampler.changes)
  const [loose, setLoose] = useState<readonly TubeRow[] | null>(null)
  const [boxes, setBoxes] = useState<readonly BoxRow[]>([])
  useEffect(() => {
    void sampler.boxes.loose().then(setLoose)
    void sampler.boxes.list().then(setBoxes)
  }, [sampler, changes])
  return (
    <section class="stack">
      <h2>{d('boxesTitle')}</h2>
      {loose && <Pack sampler={sampler} rows={loose} />}
      {boxes.length > 0 && <h3>{d('boxesList')}</h3>}
      <ul class="stack">
        {boxes.map((row) => (
          <Box key={row.box} sampler={sampler} row={row} />
        ))}
      </ul>
    </section>
  )
}
