/// Reads the city anew from the store: for when somebody has changed the store by hand.
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button'
import { client } from '../session'
import { Confirm } from './confirm'
import { o } from '../text/overload'

export function ReloadRegistry({ onChanged }: { onChanged: (told: () => string) => void }) {
  const [asking, setAsking] = useState(false)
  return (
    <section class="card stack">
      <h2>{o('reloadTitle')}</h2>
      <p class="quiet">{o('reloadHint')}</p>
      <div class="buttons">
        <Button onClick={() => setAsking(true)} data-test="reload-registry">
          {o('reload')}
        </Button>
      </div>
      {asking && (
        <Confirm
          title={o('reloadTitle')}
          yes={o('reload')}
          request={() => client.post('/v1/registry/reload', {})}
          onDone={() => {
            setAsking(false)
            onChanged(() => o('reloaded'))
          }}
          onClose={() => setAsking(false)}
        >
          {o('reloadAsk')}
        </Confirm>
      )}
    </section>
  )
}
