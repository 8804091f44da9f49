/// Venues: search and create.
import { useEffect, useState } from 'preact/hooks'
import type { Venue } from '../api/types'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Notice } from '../ui/notice'
import { Select } from '../ui/select'
import { Table } from '../ui/table'
import { VENUE_TYPES, venueType } from '../ui/venue_type'
import { usePages } from './pages'
import { useRequest } from './request'
import { client } from './session'
import { c } from './text/console'

function VenueForm({ onCreated }: { onCreated: (venue: Venue) => void }) {
  const [name, setName] = useState('')
  const [type, setType] = useState('market')
  const [district, setDistrict] = useState('')
  const { busy, error, run } = useRequest()
  const submit = async (event: Event) => {
    event.preventDefault()
    const made = await run(() => client.post<Venue>('/v1/venues', { name: name.trim(), type, districtCode: Number(district) }))
    if (!made) return
    setName('')
    onCreated(made)
  }
  return (
    <form class="card row" onSubmit={(event) => void submit(event)} noValidate data-test="venue-form">
      <Field id="venue-name" label={c('venueName')} value={name} onValue={setName} maxLength={80} />
      <Select id="venue-type" label={c('venueType')} value={type} options={VENUE_TYPES.map((item) => [item, venueType(item)] as const)} onValue={setType} />
      <Field id="venue-district" label={c('district')} value={district} onValue={setDistrict} inputMode="numeric" maxLength={6} placeholder="610113" />
      <Button type="submit" look="primary" busy={busy} disabled={!name.trim() || !/^\d{6}$/.test(district)} data-test="create-venue">
        {c('newVenue')}
      </Button>
      {error && <Notice tone="bad">{error}</Notice>}
    </form>
  )
}

export function Venues() {
  const [query, setQuery] = useState('')
  const { items, more, busy, error, load, next } = usePages<Venue>()
  const search = (text: string) => load(`/v1/venues?query=${encodeURIComponent(text.trim())}`)
  useEffect(() => void search(''), [])
  const submit = (event: Event) => {
    event.preventDefault()
    void search(query)
  }
  const created = ({ name }: Venue) => {
    setQuery(name)
    void search(name)
  }
  return (
    <div class="stack">
      <VenueForm onCreated={created} />
      <section class="card stack">
        <form class="row" onSubmit={submit}>
          <Field id="venue-query" label={c('search')} type="search" value={query} onValue={setQuery} maxLength={80} />
          <Button type="submit" busy={busy} data-test="search-venues">
            {c('search')}
          </Button>
        </form>
        {error && <Notice tone="bad">{error}</Notice>}
        <Table
          label={c('venues')}
          empty={c(busy ? 'loading' : 'nothing')}
          heads={[c('id'), c('venueName'), c('venueType'), c('district')]}
          rows={items.map(({ id, name, type, districtCode }) => ({ key: id, cells: [id, name, venueType(type), districtCode] }))}
        />
        {more && (
          <Button busy={busy} onClick={() => void next()}>
            {c('more')}
          </Button>
        )}
      </section>
    </div>
  )
}
