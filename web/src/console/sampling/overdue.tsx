/// Tubes that have waited too long where they are, with who has them.
import { useEffect, useState } from 'preact/hooks'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { Select } from '../../ui/select'
import { Table } from '../../ui/table'
import { when } from '../health'
import { usePages } from '../pages'
import { g } from '../text/sampling'
import { type AgeOrder, byAge, hoursAndMinutes, hoursOf, lateness, leastHours, usualHours } from './age'
import type { OverdueKind, OverdueTube } from './types'

const KINDS: readonly OverdueKind[] = ['unpacked', 'in-transit', 'without-result', 'received-unsent']
const ORDERS: readonly AgeOrder[] = ['oldest', 'newest']
const TONES = { inTime: 'quiet', late: 'warn', veryLate: 'bad', lost: 'bad' } as const
const OWNERS = { point: 'ownerPoint', courier: 'ownerCourier', lab: 'ownerLab' } as const

function ownerText({ owner }: OverdueTube): string {
  const key = owner ? OWNERS[owner.kind as keyof typeof OWNERS] : undefined
  return owner && key ? g(key, { name: owner.name }) : g('ownerUnknown')
}

/** Age of something that should have gone on after `hours`. */
export function AgeBadge({ ageS, hours, isPerson = false }: { ageS: number; hours: number; isPerson?: boolean }) {
  const how = lateness(ageS, hours)
  const words = how === 'lost' && isPerson ? 'lostPerson' : how
  return (
    <span data-test="age" data-lateness={how}>
      {g('ageText', hoursAndMinutes(ageS))} <Badge tone={TONES[how]}>{g(words)}</Badge>
    </span>
  )
}

function List({ items, hours, more }: { items: OverdueTube[]; hours: number; more: boolean }) {
  const people = items.reduce((sum, item) => sum + item.people, 0)
  return (
    <>
      {items.length > 0 && <p data-test="overdue-count">{g(more ? 'overdueMore' : 'overdueCount', { n: items.length, people })}</p>}
      <Table
        label={g('overdue')}
        empty={hours > 0 ? g('overdueNone', { hours }) : g('overdueNoneAtOnce')}
        heads={[g('tube'), g('age'), g('owner'), g('waitingSince'), g('people'), g('box')]}
        rows={items.map((item) => ({
          key: item.tube,
          cells: [
            <span class="code-text">{item.tube}</span>,
            <AgeBadge ageS={item.ageS} hours={hours} />,
            ownerText(item),
            when(item.since),
            item.people,
            item.box ?? '—',
          ],
        }))}
      />
    </>
  )
}

export function Overdue() {
  const [kind, setKind] = useState<OverdueKind>('unpacked')
  const [typed, setTyped] = useState(String(usualHours('unpacked')))
  const [order, setOrder] = useState<AgeOrder>('oldest')
  const { items, more, busy, error, load, next } = usePages<OverdueTube>()
  const least = leastHours(kind)
  const hours = hoursOf(typed, least)
  const refresh = () => {
    if (hours !== null) void load(`/v1/tubes/overdue?kind=${kind}&hours=${hours}&limit=200`)
  }
  useEffect(refresh, [kind])
  const choose = (next: OverdueKind) => {
    // Hours that were typed stay between kinds that have the same usual ones.
    if (usualHours(next) !== usualHours(kind)) setTyped(String(usualHours(next)))
    setKind(next)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    refresh()
  }
  return (
    <section class="card stack" data-test="overdue">
      <form class="row narrow" onSubmit={submit} noValidate>
        <Select id="overdue-kind" label={g('kind')} value={kind} options={KINDS.map((each) => [each, g(each)] as const)} onValue={choose} />
        <Field id="overdue-hours" label={g('hours')} hint={least === 0 ? g('hoursAtOnce') : null} value={typed} onValue={setTyped} inputMode="numeric" maxLength={3} error={hours === null ? g('hoursWrong', { least }) : ''} />
        <Select id="overdue-order" label={g('order')} value={order} options={ORDERS.map((each) => [each, g(each)] as const)} onValue={setOrder} />
        <Button type="submit" busy={busy} disabled={hours === null} data-test="refresh-overdue">
          {g('refresh')}
        </Button>
      </form>
      {error && <Notice tone="bad">{error}</Notice>}
      {busy && items.length === 0 ? <p class="loading">{g('loading')}</p> : !error && <List items={byAge(items, order)} hours={hours ?? usualHours(kind)} more={more} />}
      {more && (
        <Button busy={busy} onClick={() => void next()}>
          {g('more')}
        </Button>
      )}
    </section>
  )
}
