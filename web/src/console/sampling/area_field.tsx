/// Picker of an area: part of a name, one of the communities found, then how far around it.
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button'
import { useCommunities } from '../../ui/communities'
import { Field } from '../../ui/field'
import { Line, List } from '../../ui/list'
import { Select } from '../../ui/select'
import { client } from '../session'
import { g } from '../text/sampling'
import { type AreaChoice, areaName, type Scope } from './area'

const SHOWN = 6
const SCOPES = { community: 'areaCommunity', street: 'areaStreet', district: 'areaDistrict' } as const

interface Props {
  id: string
  label: string
  hint?: string
  /** Scopes that may be chosen; the first is chosen at first. */
  scopes: readonly Scope[]
  value: AreaChoice | null
  onValue: (value: AreaChoice | null) => void
}

export function AreaField({ id, label, hint, scopes, value, onValue }: Props) {
  const [query, setQuery] = useState('')
  const found = useCommunities(value ? '' : query, client.get)
  if (value) {
    const options = scopes.map((scope) => [scope, g(SCOPES[scope], { name: areaName({ ...value, scope }) })] as const)
    return (
      <div class="area" data-test={`${id}-chosen`}>
        <Select id={`${id}-scope`} label={label} value={value.scope} options={options} onValue={(scope) => onValue({ ...value, scope })} />
        <Button look="link" onClick={() => onValue(null)} data-test={`${id}-change`}>
          {g('areaChange')}
        </Button>
      </div>
    )
  }
  return (
    <div class="area">
      <Field id={id} label={label} hint={hint ?? g('areaSearch')} type="search" value={query} onValue={setQuery} maxLength={80} autocomplete="off" />
      <div aria-live="polite">
        {found === 'late' && <p class="hint">{g('areaLate')}</p>}
        {found?.length === 0 && <p class="hint">{g('areaNone')}</p>}
        {found && found !== 'late' && found.length > 0 && (
          <List>
            {found.slice(0, SHOWN).map((community) => (
              <Line
                key={community.id}
                title={community.name}
                detail={`${community.district} ${community.street}`}
                onPress={() => onValue({ community, scope: scopes[0] ?? 'community' })}
                test={`${id}-option`}
              />
            ))}
          </List>
        )}
      </div>
    </div>
  )
}
