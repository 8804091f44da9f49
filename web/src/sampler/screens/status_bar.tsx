/// Where this table stands, for which round, whether there is a network, and how much is only on this device.
import { pick } from '../../i18n/lang'
import { Badge } from '../../ui/badge'
import { useValue } from '../../ui/value'
import type { Sampler } from '../sampler'
import { d } from '../text/desk'

export function StatusBar({ sampler, onSetup }: { sampler: Sampler; onSetup: () => void }) {
  const { point, campaign } = useValue(sampler.settings.setup)
  const online = useValue(sampler.trust.online)
  const { samples, seals, errands, refused } = useValue(sampler.sync.waiting)
  const count = samples + seals + errands
  return (
    <div class="status-bar">
      <button type="button" class="place" onClick={onSetup} data-test="open-setup">
        <strong>{point?.name ?? d('noPoint')}</strong>
        <small>{campaign ? pick(campaign.nameZh, campaign.nameEn) : d('noRound')}</small>
      </button>
      <span class="badges" role="status">
        <Badge tone={online ? 'good' : 'warn'}>
          <span data-test="online" data-online={online}>
            {d(online ? 'online' : 'offline')}
          </span>
        </Badge>
        <span data-test="waiting" data-count={count} data-samples={samples}>
          {count > 0 && <Badge tone="warn">{d('waitingShort', { count })}</Badge>}
          {count === 0 && refused === 0 && <Badge tone="quiet">{d('allSent')}</Badge>}
        </span>
        {refused > 0 && <Badge tone="bad">{d('refusedShort', { count: refused })}</Badge>}
      </span>
    </div>
  )
}
