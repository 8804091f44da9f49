/// Choosing the venue that this device guards; remembered until it is changed.
import { useEffect, useState } from 'preact/hooks'
import { Problem } from '../api/problem'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Line, List } from '../ui/list'
import { Notice } from '../ui/notice'
import { venueType } from '../ui/venue_type'
import type { Gate } from './gate'
import type { Venue } from './settings'
import { t } from './texts'

interface Props {
  gate: Gate
  onDone: () => void
}

/** Pause after the last key before the server is asked. */
const SEARCH_PAUSE_MS = 300

export function VenueChoice({ gate, onDone }: Props) {
  const [query, setQuery] = useState('')
  const [venues, setVenues] = useState<readonly Venue[] | null>(null)
  const [error, setError] = useState<string | null>(null)
  useEffect(() => {
    let current = true
    const search = async () => {
      try {
        const { items } = await gate.client.get<{ items: Venue[] }>(`/v1/venues?query=${encodeURIComponent(query)}`)
        if (current) (setVenues(items), setError(null))
      } catch (failure) {
        if (current) setError(failure instanceof Problem ? failure.text : t('unreachable'))
      }
    }
    const timer = setTimeout(search, query ? SEARCH_PAUSE_MS : 0)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [gate, query])
  const choose = async (venue: Venue) => {
    await gate.settings.setVenue(venue)
    onDone()
  }
  return (
    <section class="stack">
      <h2>{t('chooseVenue')}</h2>
      <Field id="venue-query" label={t('searchVenue')} value={query} onValue={setQuery} />
      {error && <Notice tone="bad">{error}</Notice>}
      {venues?.length === 0 && <p class="quiet">{t('noVenues')}</p>}
      {venues && (
        <List>
          {venues.map((venue) => (
            <Line
              key={venue.id}
              title={venue.name}
              detail={venueType(venue.type)}
              onPress={() => void choose(venue)}
              test="venue"
            />
          ))}
        </List>
      )}
      <Button onClick={onDone}>{t('close')}</Button>
    </section>
  )
}
