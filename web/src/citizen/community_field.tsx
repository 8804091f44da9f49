/// Picker of the community: type part of a name, choose from the server's list.
import { useEffect, useState } from 'preact/hooks'
import type { Community, Page } from '../api/types'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Line, List } from '../ui/list'
import { client } from './server_talk'
import { f } from './text/forms'

/** A pause in typing this long starts a search. */
const TYPING_PAUSE_MS = 350
const SHOWN = 8

/** Communities found; `late` if nobody answered in time; null while there is nothing to tell. */
function useFound(query: string): Community[] | 'late' | null {
  const [found, setFound] = useState<Community[] | 'late' | null>(null)
  useEffect(() => {
    setFound(null)
    if (!query.trim()) return undefined
    let stale = false
    const timer = setTimeout(() => {
      client.get<Page<Community>>(`/v1/communities?query=${encodeURIComponent(query.trim())}`).then(
        (page) => !stale && setFound(page.items),
        () => !stale && setFound('late'),
      )
    }, TYPING_PAUSE_MS)
    return () => {
      stale = true
      clearTimeout(timer)
    }
  }, [query])
  return found
}

interface Props {
  value: Community | null
  onValue: (value: Community | null) => void
  /** What is typed while nothing is chosen; the form refuses to send it unchosen. */
  query: string
  onQuery: (query: string) => void
  error?: string | undefined
}

export function CommunityField({ value, onValue, query, onQuery, error }: Props) {
  const found = useFound(value ? '' : query)
  return (
    <div class="stack">
      <Field
        id="community"
        label={f('community')}
        hint={f('communityHint')}
        placeholder={f('communityFind')}
        value={value ? value.name : query}
        disabled={Boolean(value)}
        onValue={onQuery}
        autocomplete="off"
        error={error}
        extra={value && <Button onClick={() => onValue(null)}>{f('communityChange')}</Button>}
      />
      <div aria-live="polite">
        {found === 'late' && <p class="hint">{f('communityLate')}</p>}
        {found?.length === 0 && <p class="hint">{f('communityNone')}</p>}
        {found && found !== 'late' && found.length > 0 && (
          <List>
            {found.slice(0, SHOWN).map((item) => (
              <Line key={item.id} title={item.name} detail={`${item.district} ${item.street}`} onPress={() => onValue(item)} test="community-option" />
            ))}
          </List>
        )}
      </div>
    </div>
  )
}
