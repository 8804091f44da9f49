/// What is only on this device, how old it is, and what the server sent back to be mended.
import { useEffect, useState } from 'preact/hooks'
import { Problem } from '../../api/problem'
import { age, dayTime } from '../../i18n/time'
import { Button } from '../../ui/button'
import { now } from '../../ui/clock'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import { ofDocument } from '../candidate'
import type { Sampler } from '../sampler'
import { room } from '../storage'
import type { QueuedErrand } from '../store/outgoing'
import type { SampleRow } from '../store/rows'
import { d } from '../text/desk'
import { hourMinute, personName, refusalText } from '../words'
import { DocumentForm, type Filled } from './document_form'

/** Rows to be mended that are shown at once. */
const SHOWN = 50

function Figures({ sampler }: { sampler: Sampler }) {
  const waiting = useValue(sampler.sync.waiting)
  const lastMs = useValue(sampler.sync.lastMs)
  const nowMs = useValue(now)
  const rows = [
    [d('samples'), waiting.samples, 'unsent-samples'],
    [d('seals'), waiting.seals, 'unsent-seals'],
    [d('errands'), waiting.errands, 'unsent-errands'],
  ] as const
  return (
    <dl class="figures">
      {rows.map(([label, count, test]) => (
        <div key={test} class={count > 0 ? 'some' : ''}>
          <dt>{label}</dt>
          <dd data-test={test}>{count}</dd>
        </div>
      ))}
      <div>
        <dt>{d('oldest')}</dt>
        <dd data-test="oldest">{waiting.oldestMs === null ? '—' : `${hourMinute(waiting.oldestMs)} (${age(nowMs - waiting.oldestMs)})`}</dd>
      </div>
      <div>
        <dt>{d('lastSync')}</dt>
        <dd data-test="last-sync">{lastMs === null ? d('never') : `${dayTime(lastMs)} (${age(nowMs - lastMs)})`}</dd>
      </div>
    </dl>
  )
}

function RefusedRow({ sampler, row, onMend }: { sampler: Sampler; row: SampleRow; onMend: () => void }) {
  const { outgoing, table, sync } = sampler
  const undone = row.undoneMs !== undefined
  const again = async () => {
    await outgoing.mend(row.id, null)
    await sync.load()
    sampler.changes.value += 1
    await sampler.send(true)
  }
  return (
    <li class="card stack" data-test="refused-row" data-problem={row.refused?.problem}>
      <p>
        <b class="code-text">{row.tube}</b> · {dayTime(row.sampledMs)}
        <br />
        {row.label && `${personName(row.label)} ${row.label.tail}`}
      </p>
      {row.refused && <Notice tone="bad">{refusalText(row.refused)}</Notice>}
      {!undone && (
        <Button look="primary" onClick={onMend} data-test="mend">
          {d('mend')}
        </Button>
      )}
      <div class="sheet-actions">
        <Button onClick={() => void again()} data-test="send-again">
          {d('again')}
        </Button>
        {!undone && (
          <Button look="danger" onClick={() => void table.undo(row)} data-test="not-a-swab">
            {d('notASwab')}
          </Button>
        )}
      </div>
    </li>
  )
}

function RefusedErrand({ sampler, queued }: { sampler: Sampler; queued: QueuedErrand }) {
  const { errand, at } = queued
  const changed = async (work: Promise<void>) => {
    await work
    await sampler.sync.load()
    sampler.changes.value += 1
  }
  return (
    <li class="card stack" data-test="refused-errand">
      <p>
        {d(errand.kind)} · {errand.about}
      </p>
      {errand.refused && <Notice tone="bad">{d('errandRefused', { why: refusalText(errand.refused) })}</Notice>}
      <div class="sheet-actions">
        <Button onClick={() => void changed(sampler.outgoing.markErrand(at, null).then(() => sampler.send(true)))}>{d('again')}</Button>
        <Button look="danger" onClick={() => void changed(sampler.outgoing.endErrand(at))} data-test="give-up">
          {d('giveUp')}
        </Button>
      </div>
    </li>
  )
}

function mendedFrom(row: SampleRow): Filled {
  const person = row.person
  const document = person && 'document' in person ? person.document : { kind: 'resident-id' as const, number: '' }
  const name = person && 'document' in person ? (person.name ?? '') : ''
  return { ...document, name, scanned: row.source === 'id-card' }
}

export function UploadsScreen({ sampler }: { sampler: Sampler }) {
  const changes = useValue(sampler.changes)
  const failure = useValue(sampler.sync.failure)
  const waiting = useValue(sampler.sync.waiting)
  const { persisted } = useValue(room)
  const [refused, setRefused] = useState<readonly SampleRow[]>([])
  const [errands, setErrands] = useState<readonly QueuedErrand[]>([])
  const [mending, setMending] = useState<SampleRow | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    void sampler.outgoing.refused(SHOWN).then(setRefused)
    void sampler.outgoing.errands().then((rows) => setErrands(rows.filter(({ errand }) => errand.refused)))
  }, [sampler, changes])
  const send = async () => {
    setBusy(true)
    await sampler.send(true)
    setBusy(false)
  }
  const mend = async (row: SampleRow, filled: Filled) => {
    setMending(null)
    await sampler.mend(row, ofDocument(filled, filled.name, filled.scanned))
    await send()
  }
  const count = waiting.samples + waiting.seals + waiting.errands
  return (
    <section class="stack" data-test="uploads">
      <h2>{d('uploadsTitle')}</h2>
      {count > 0 && <Notice tone="warn">{d('waitingShort', { count })}</Notice>}
      {count === 0 && waiting.refused === 0 && <Notice tone="good">{d('allSent')}</Notice>}
      {(refused.length > 0 || errands.length > 0) && (
        <>
          <h3 data-test="refused-title">{d('refusedTitle', { count: waiting.refused })}</h3>
          <p class="quiet">{d('refusedHint')}</p>
          <ul class="stack">
            {refused.map((row) => (
              <RefusedRow key={row.id} sampler={sampler} row={row} onMend={() => setMending(row)} />
            ))}
            {errands.map((queued) => (
              <RefusedErrand key={String(queued.at)} sampler={sampler} queued={queued} />
            ))}
          </ul>
        </>
      )}
      <Figures sampler={sampler} />
      <Button look="primary" busy={busy} onClick={() => void send()} data-test="send-now">
        {d(busy ? 'sending' : 'sendNow')}
      </Button>
      {failure && (
        <Notice tone="warn">{d('whyNot', { why: failure instanceof Problem ? failure.text : d('unreachable') })}</Notice>
      )}
      <p class="quiet">{d('keptHere')}</p>
      {persisted === false && <Notice tone="warn">{d('notPersisted')}</Notice>}
      {mending && (
        <DocumentForm
          start={mendedFrom(mending)}
          nameNeeded={mending.refused?.problem === 'name-needed'}
          action={d('mend')}
          onSubmit={(filled) => void mend(mending, filled)}
          onClose={() => setMending(null)}
        />
      )}
    </section>
  )
}
