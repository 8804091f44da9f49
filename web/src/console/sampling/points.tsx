/// Sampling points: where they are, how full they are, add and close.
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { Select } from '../../ui/select'
import { usePages } from '../pages'
import { useRequest } from '../request'
import { client } from '../session'
import { p } from '../text/points'
import { type AreaChoice, areaCode } from './area'
import { AreaField } from './area_field'
import { PointForm } from './point_form'
import { ordered, type PointOrder } from './point_load'
import { PointTable } from './point_table'
import './sampling.css'
import type { SamplingPoint } from '../../api/types'

const ORDERS: readonly PointOrder[] = ['busiest', 'longestQueue', 'byName']

function CloseDialog({ point, onClose, onClosed }: { point: SamplingPoint; onClose: () => void; onClosed: () => void }) {
  const { busy, error, run } = useRequest()
  const close = async () => {
    if (await run(() => client.post(`/v1/sampling-points/${point.id}/close`, {}))) onClosed()
  }
  return (
    <Dialog title={p('closeTitle')} onClose={onClose}>
      <div class="stack">
        <p>{p('closeText', { name: point.name, n: point.peopleToday })}</p>
        {Boolean(point.waiting) && <Notice tone="warn">{p('closeWaiting', { n: point.waiting ?? 0 })}</Notice>}
        {error && (
          <Notice tone="bad" role="alert">
            {error}
          </Notice>
        )}
        <Button look="danger" busy={busy} onClick={() => void close()} data-test="close-yes">
          {p('closeYes')}
        </Button>
        <Button onClick={onClose}>{p('cancel')}</Button>
      </div>
    </Dialog>
  )
}

function Count({ items, more }: { items: readonly SamplingPoint[]; more: boolean }) {
  const open = items.filter(({ closed }) => !closed)
  const people = open.reduce((sum, { people10Min }) => sum + people10Min, 0)
  return (
    <p data-test="points-count">
      {p('count', { n: items.length, open: open.length, people })} {more && <span class="quiet">{p('countMore')}</span>}
    </p>
  )
}

export default function SamplingPoints() {
  const [query, setQuery] = useState('')
  const [area, setArea] = useState<AreaChoice | null>(null)
  const [order, setOrder] = useState<PointOrder>('busiest')
  const [closing, setClosing] = useState<SamplingPoint | null>(null)
  const [added, setAdded] = useState('')
  const { items, more, busy, error, load, next } = usePages<SamplingPoint>()
  const search = (text: string) => {
    const code = area && areaCode(area)
    void load(`/v1/sampling-points?query=${encodeURIComponent(text.trim())}${code ? `&area=${code}` : ''}&limit=200`)
  }
  useEffect(() => search(query), [area])
  const submit = (event: Event) => {
    event.preventDefault()
    search(query)
  }
  const done = (point: SamplingPoint | null) => {
    setAdded(point?.name ?? '')
    setClosing(null)
    search(query)
  }
  return (
    <div class="stack">
      <PointForm onAdded={done} />
      {added && <Notice tone="good">{p('added', { name: added })}</Notice>}
      <section class="card stack" data-test="points">
        <form class="row" onSubmit={submit}>
          <Field id="point-query" label={p('search')} type="search" value={query} onValue={setQuery} maxLength={80} />
          <AreaField id="points-area" label={p('area')} scopes={['street', 'district', 'community']} value={area} onValue={setArea} />
          <Select id="points-order" label={p('order')} value={order} options={ORDERS.map((each) => [each, p(each)] as const)} onValue={setOrder} />
          <Button type="submit" busy={busy} data-test="search-points">
            {p('find')}
          </Button>
        </form>
        {error && <Notice tone="bad">{error}</Notice>}
        {items.length > 0 && <Count items={items} more={more} />}
        <PointTable points={ordered(items, order)} empty={p(busy ? 'loading' : 'none')} onClose={setClosing} />
        {more && (
          <Button busy={busy} onClick={() => void next()}>
            {p('more')}
          </Button>
        )}
      </section>
      {closing && <CloseDialog point={closing} onClose={() => setClosing(null)} onClosed={() => done(null)} />}
    </div>
  )
}
