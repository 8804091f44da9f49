/// The tube on the table: barcode, how many are in it, and what is to be done next, in type for cold hands.
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import type { TubeRow } from '../store/rows'
import type { Table } from '../table'
import { flagText, t } from '../text/table'
import { personName, tubeKind } from '../words'

/** One dot a person: how far the tube is, seen from the corner of the eye. */
function Dots({ tube }: { tube: TubeRow }) {
  return (
    <span class="dots" aria-hidden="true">
      {Array.from({ length: tube.size }, (_, i) => (
        <i key={i} class={i < tube.people ? 'taken' : ''} />
      ))}
    </span>
  )
}

/** What the server said of this tube or somebody in it, while it is still on the table. */
function Odd({ table }: { table: Table }) {
  const people = useValue(table.people)
  const flags = new Set(people.flatMap(({ flags = [], undoneMs }) => (undoneMs === undefined ? flags : [])))
  return (
    <div role="alert">
      {[...flags].map((flag) => (
        <p key={flag} class="household" data-test="tube-flag" data-flag={flag}>
          {t('oddInTube', { what: flagText(flag) })}
        </p>
      ))}
    </div>
  )
}

function nextStep(tube: TubeRow | null, holding: string | null): string {
  if (holding !== null) return t('scanSingle', { name: holding })
  if (!tube) return t('scanTube')
  return tube.people >= tube.size ? t('tubeFull') : t('scanPerson')
}

export function TubeCard({ table, onList }: { table: Table; onList: () => void }) {
  const tube = useValue(table.tube)
  const held = useValue(table.held)
  const full = tube !== null && tube.people >= tube.size
  const holding = held && (personName(held.candidate.label) || held.candidate.label.tail)
  return (
    <section class={`tube-card ${full ? 'full' : ''}`} data-test="tube-card" data-tube={tube?.tube ?? ''} data-people={tube?.people ?? ''}>
      <p class="next-step" role="status" data-test="next-step">
        {nextStep(tube, holding)}
      </p>
      {tube && (
        <button type="button" class="tube-line" onClick={onList} data-test="open-list">
          <span>
            <b class="code-text">{tube.tube}</b>
            <small>{tubeKind(tube.size)}</small>
          </span>
          <span class="count" data-test="count">
            {tube.people}/{tube.size}
          </span>
          <span class="hidden-text">{t('list')}</span>
        </button>
      )}
      {tube && <Dots tube={tube} />}
      {tube?.household && <p class="household">{t('householdTube')}</p>}
      <Odd table={table} />
      {held && (
        <Button onClick={() => table.letGo()} data-test="let-go">
          {t('letGo')}
        </Button>
      )}
    </section>
  )
}

/** The one big button: seals a full tube at once, asks again for one that is not. */
export function SealButton({ table }: { table: Table }) {
  const tube = useValue(table.tube)
  if (!tube) return null
  if (tube.people === 0) {
    return (
      <Button onClick={() => void table.drop()} data-test="drop-tube">
        {t('drop')}
      </Button>
    )
  }
  // Another tube or another number of people is another question: what was half answered ends with the old one.
  return <Seal key={`${tube.tube}/${tube.people}`} tube={tube} onSeal={() => void table.seal()} />
}

function Seal({ tube, onSeal }: { tube: TubeRow; onSeal: () => void }) {
  const [sure, setSure] = useState(false)
  const full = tube.people >= tube.size
  return (
    <div class="seal-bar">
      <button type="button" class={`seal ${full ? 'full' : ''}`} onClick={() => (full || sure ? onSeal() : setSure(true))} data-test="seal">
        {sure && !full ? t('sealPart', { people: tube.people, size: tube.size }) : `${t('seal')} ${tube.people}/${tube.size}`}
      </button>
    </div>
  )
}

/** Tubes that were set aside: forgotten ones never reach the lab. */
export function Aside({ table }: { table: Table }) {
  const aside = useValue(table.aside)
  if (aside.length === 0) return null
  return (
    <Notice tone="warn">
      <p>{t('asideTitle')}</p>
      <div class="aside">
        {aside.map(({ tube, people, size }) => (
          <Button key={tube} onClick={() => void table.resume(tube)} data-test="resume">
            {t('resume', { tube, people, size })}
          </Button>
        ))}
      </div>
    </Notice>
  )
}
