/// Doors to knock on: who of a community is still to be sampled, household by household, to be printed and taken along.
import { useEffect, useState } from 'preact/hooks'
import type { Community } from '../../api/types'
import { dateTime } from '../../i18n/time'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { count } from '../campaigns/figures'
import { nameOf } from '../campaigns/sentences'
import type { Campaign } from '../campaigns/shapes'
import { usePages } from '../pages'
import { d } from '../text/community'
import { type Door, doorsOf } from './missed_list'
import { PersonCard } from './person_card'
import type { PersonBrief } from '../../api/types'
import type { Missed } from './shapes'

interface Props {
  round: Campaign
  community: Community
  /** None for who may not record declarations. */
  onDeclare?: (person: PersonBrief) => void
}

interface RowsProps {
  door: Door
  onPerson: (person: PersonBrief) => void
  onDeclare?: ((person: PersonBrief) => void) | undefined
}

function DoorRows({ door: { household, people }, onPerson, onDeclare }: RowsProps) {
  return (
    <tbody data-test="door">
      <tr>
        <th scope="rowgroup" colSpan={3}>
          {household === null ? d('noHousehold') : d('household', { id: household })}
        </th>
        <td class="no-print" />
        <td class="tick" aria-hidden="true">
          ☐
        </td>
      </tr>
      {people.map(({ person, standing, spared }) => (
        <tr key={person.personId} data-test={`missed-${person.personId}`}>
          <td>{person.name}</td>
          <td>{person.documentTail}</td>
          <td>
            <Badge tone={standing === 'open' ? 'bad' : 'warn'}>{d(standing)}</Badge> {spared && <small>{d('spared')}</small>}
          </td>
          <td class="no-print">
            <Button onClick={() => onPerson(person)} aria-label={`${d('openPerson')} ${person.name} ${person.documentTail}`} data-test={`file-${person.personId}`}>
              {d('openPerson')}
            </Button>{' '}
            {onDeclare && (
              <Button onClick={() => onDeclare(person)} aria-label={`${d('declareFor')} ${person.name} ${person.documentTail}`} data-test={`declare-${person.personId}`}>
                {d('declareFor')}
              </Button>
            )}
          </td>
          <td class="tick" aria-hidden="true">
            ☐
          </td>
        </tr>
      ))}
    </tbody>
  )
}

function Doors({ doors, label, ...rest }: Omit<RowsProps, 'door'> & { doors: readonly Door[]; label: string }) {
  return (
    <div class="table" role="region" aria-label={label} tabIndex={0}>
      <table class="doors">
        <thead>
          <tr>
            <th scope="col">{d('name')}</th>
            <th scope="col">{d('tail')}</th>
            <th scope="col">{d('standing')}</th>
            <th scope="col" class="no-print">
              {d('person')}
            </th>
            <th scope="col" class="tick">
              {d('visited')}
            </th>
          </tr>
        </thead>
        {doors.map((door) => (
          <DoorRows key={door.household ?? '-'} door={door} {...rest} />
        ))}
      </table>
    </div>
  )
}

export function MissedList({ round, community, onDeclare }: Props) {
  const { items, more, busy, error, load, next } = usePages<Missed>()
  const [loadedAt, setLoadedAt] = useState(0)
  const [person, setPerson] = useState<PersonBrief | null>(null)
  const [isLoadingAll, setLoadingAll] = useState(false)
  const path = `/v1/campaigns/${round.number}/missed?community=${community.id}&limit=200`
  useEffect(() => {
    setPerson(null)
    setLoadedAt(0)
    void load(path).then(() => setLoadedAt(Date.now()))
  }, [path])
  // Page after page, each once the one before has arrived.
  useEffect(() => {
    if (!isLoadingAll || busy) return
    if (more && !error) void next()
    else setLoadingAll(false)
  }, [isLoadingAll, busy, more, error])
  const doors = doorsOf(items)
  const label = d('missedTitle', { community: community.name })
  return (
    <div class="stack">
      {person && <PersonCard person={person} onClose={() => setPerson(null)} />}
      <section class="card stack" data-test="missed">
        <h2>{label}</h2>
        {loadedAt > 0 && !error && (
          <p>
            <strong data-test="missed-count">{d('missedCount', { households: count(doors.length), people: count(items.length) })}</strong>
            {more && d('missedMore')} · <span class="quiet">{d('printedFor', { round: nameOf(round), time: dateTime(loadedAt) })}</span>
          </p>
        )}
        <div class="buttons no-print">
          {more && (
            <Button busy={busy} onClick={() => setLoadingAll(true)} data-test="load-all">
              {d('loadAll')}
            </Button>
          )}
          <Button disabled={loadedAt === 0 || items.length === 0} onClick={() => print()} data-test="print-list">
            {d('print')}
          </Button>
        </div>
        <p class="quiet">{d('printNote')}</p>
        {error && <Notice tone="bad">{error}</Notice>}
        {busy && loadedAt === 0 && <p class="loading">{d('loading')}</p>}
        {!busy && !error && loadedAt > 0 && items.length === 0 && <Notice tone="good">{d('nobodyMissed')}</Notice>}
        {loadedAt > 0 && items.length > 0 && <Doors doors={doors} label={label} onPerson={setPerson} onDeclare={onDeclare} />}
      </section>
    </div>
  )
}
