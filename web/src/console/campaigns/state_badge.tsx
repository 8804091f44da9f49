/// The state of a campaign as a label.
import { Badge } from '../../ui/badge'
import { stateWord } from './sentences'
import type { Campaign, CampaignState } from './shapes'

const TONES: Record<CampaignState, 'good' | 'warn' | 'bad' | 'quiet'> = {
  ...{ draft: 'quiet', approved: 'warn', running: 'good', closing: 'bad' },
  ...{ closed: 'quiet', reversed: 'quiet', withdrawn: 'quiet' },
}

export function StateBadge({ campaign }: { campaign: Pick<Campaign, 'state' | 'closingApproved' | 'given' | 'undone'> }) {
  return (
    <span data-test="campaign-state" data-state={campaign.state}>
      <Badge tone={TONES[campaign.state]}>{stateWord(campaign)}</Badge>
    </span>
  )
}
