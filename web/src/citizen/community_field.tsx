/// Picker of the community: type part of a name, choose from the server's list.
import type { Community } from '../api/types'
import { Button } from '../ui/button'
import { useCommunities } from '../ui/communities'
import { Field } from '../ui/field'
import { Line, List } from '../ui/list'
import { client } from './server_talk'
import { f } from './text/forms'

const SHOWN = 8

interface Props {
  value: Community | null
  onValue: (value: Community | null) => void
  /** What is typed while nothing is chosen; the form refuses to send it unchosen. */
  query: string
  onQuery: (query: string) => void
  error?: string | undefined
}

export function CommunityField({ value, onValue, query, onQuery, error }: Props) {
  const found = useCommunities(value ? '' : query, client.get)
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
