/// Venue, network and the count of check-ins that are still only on this device.
import { useState } from 'preact/hooks'
import { dayTime } from '../i18n/time'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { useValue } from '../ui/value'
import type { Gate } from './gate'
import { rejectionText } from './rejection_text'
import { t } from './texts'

function RejectedSheet({ gate, onClose }: { gate: Gate; onClose: () => void }) {
  const rows = useValue(gate.queue.rejected)
  return (
    <Dialog title={t('rejectedTitle')} onClose={onClose}>
      <ul class="stack">
        {rows.map((row) => (
          <li key={row.id} class="stack">
            <p>
              {dayTime(Date.parse(row.at))} · {t(row.outcome === 'check-by-hand' ? 'by-hand' : row.outcome)}
              <br />
              <small class="quiet">{rejectionText(row.problem)}</small>
            </p>
            <Button onClick={() => void gate.queue.dismiss(row.id)}>{t('dismissRow')}</Button>
          </li>
        ))}
      </ul>
      <Button look="primary" onClick={onClose}>
        {t('close')}
      </Button>
    </Dialog>
  )
}

export function StatusBar({ gate, onVenue }: { gate: Gate; onVenue: () => void }) {
  const venue = useValue(gate.settings.venue)
  const online = useValue(gate.trust.online)
  const waiting = useValue(gate.queue.waiting)
  const rejected = useValue(gate.queue.rejected)
  const [reading, setReading] = useState(false)
  return (
    <div class="status-bar">
      <button type="button" class="venue-name" onClick={onVenue} data-test="venue-name">
        {venue?.name ?? t('noVenue')}
      </button>
      <span class="badges" role="status">
        <Badge tone={online ? 'good' : 'warn'}>
          <span data-test="online">{t(online ? 'online' : 'offline')}</span>
        </Badge>
        <Badge tone={waiting > 0 ? 'warn' : 'quiet'}>
          <span data-test="waiting" data-count={waiting}>
            {waiting > 0 ? t('waiting', { count: waiting }) : t('synced')}
          </span>
        </Badge>
      </span>
      {rejected.length > 0 && (
        <Button look="danger" onClick={() => setReading(true)} data-test="rejected">
          {t('rejected', { count: rejected.length })}
        </Button>
      )}
      {reading && <RejectedSheet gate={gate} onClose={() => setReading(false)} />}
    </div>
  )
}
