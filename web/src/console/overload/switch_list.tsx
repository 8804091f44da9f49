/// Functions that can be switched off so that the rest goes on. Codes and checks at gates cannot.
import { useState } from 'preact/hooks'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { client } from '../session'
import { Confirm } from './confirm'
import type { Switches } from './figures'
import { o } from '../text/overload'

type Name = keyof Switches
const NAMES: readonly Name[] = ['vaccineBadge', 'statistics', 'history']

export function SwitchList({ switches, onChanged }: { switches: Switches; onChanged: (told: () => string) => void }) {
  const [asking, setAsking] = useState<Name | null>(null)
  const verb = (name: Name) => o(switches[name] ? 'switchOff' : 'switchOn')
  return (
    <section class="card stack">
      <h2>{o('switches')}</h2>
      <p class="quiet">{o('switchesHint')}</p>
      <ul class="switches">
        {NAMES.map((name) => (
          <li key={name} data-test={`switch-${name}`} data-on={switches[name]}>
            <span>
              {o(name)} <Badge tone={switches[name] ? 'good' : 'warn'}>{o(switches[name] ? 'isOn' : 'isOff')}</Badge>
            </span>
            <Button onClick={() => setAsking(name)} aria-label={`${verb(name)} ${o(name)}`} data-test={`press-${name}`}>
              {verb(name)}
            </Button>
          </li>
        ))}
      </ul>
      {asking && (
        <Confirm
          title={`${verb(asking)} ${o(asking)}`}
          yes={verb(asking)}
          request={() => client.post('/v1/overload/switches', { ...switches, [asking]: !switches[asking] })}
          onDone={() => {
            setAsking(null)
            onChanged(() => o('switched', { name: o(asking) }))
          }}
          onClose={() => setAsking(null)}
        >
          {o(switches[asking] ? `${asking}OffAsk` : 'onAsk')}
        </Confirm>
      )}
    </section>
  )
}
