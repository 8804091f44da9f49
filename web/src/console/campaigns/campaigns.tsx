/// The tool for testing rounds: their list, one of them, or the editor.
import { useEffect, useState } from 'preact/hooks'
import type { Staff } from '../../api/types'
import { useSuccession } from '../../ui/arrival'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { Table } from '../../ui/table'
import { when } from '../health'
import { usePages } from '../pages'
import { session } from '../session'
import { k } from '../text/campaigns'
import './campaigns.css'
import { CampaignView } from './campaign_view'
import { keepOpen, lastOpen, type Open } from './desk'
import { Editor } from './editor'
import { nameOf } from './sentences'
import type { Campaign } from './shapes'
import { StateBadge } from './state_badge'
import { newFromShipped, newSkeleton } from './templates'

interface ListProps {
  staff: Staff
  onOpen: (number: number) => void
  onNew: (document: string) => void
}

function CampaignList({ staff, onOpen, onNew }: ListProps) {
  const { items, more, busy, error, load, next } = usePages<Campaign>()
  const section = useSuccession<HTMLElement>()
  useEffect(() => void load('/v1/campaigns'), [])
  const draft = (made: Promise<string>) => void made.then(onNew)
  return (
    <section class="card stack" ref={section} tabIndex={-1} aria-label={k('title')} data-test="campaigns">
      {staff.role === 'headquarters' && (
        <div class="buttons wrap">
          <Button onClick={() => draft(Promise.resolve(newFromShipped()))} data-test="new-from-shipped">
            {k('newFromShipped')}
          </Button>
          <Button onClick={() => draft(newSkeleton())} data-test="new-empty">
            {k('newEmpty')}
          </Button>
        </div>
      )}
      {error && <Notice tone="bad">{error}</Notice>}
      <Table
        label={k('title')}
        empty={busy ? k('loading') : k('nothing')}
        heads={[k('number'), k('name'), k('state'), k('span'), k('draftedBy'), '']}
        rows={items.map((campaign) => ({
          key: campaign.number,
          cells: [
            campaign.number,
            nameOf(campaign),
            <StateBadge campaign={campaign} />,
            `${when(campaign.from)} – ${when(campaign.to)}`,
            k('byAt', { name: campaign.drafted.name, time: when(campaign.drafted.at) }),
            <Button onClick={() => onOpen(campaign.number)} aria-label={`${k('open')} ${nameOf(campaign)}`} data-test={`open-campaign-${campaign.number}`}>
              {k('open')}
            </Button>,
          ],
        }))}
      />
      {more && (
        <Button busy={busy} onClick={() => void next()}>
          {k('more')}
        </Button>
      )}
    </section>
  )
}

export default function Campaigns() {
  const [open, setShown] = useState<Open>(lastOpen)
  const staff = session.value?.staff
  if (!staff) return null
  const setOpen = (next: Open) => {
    keepOpen(next)
    setShown(next)
  }
  const close = () => setOpen(null)
  if (!open) return <CampaignList staff={staff} onOpen={(number) => setOpen({ number })} onNew={(document) => setOpen({ document })} />
  if ('number' in open) return <CampaignView number={open.number} staff={staff} onClose={close} />
  return <Editor text={open.document} onSaved={({ number }) => setOpen({ number })} onClose={close} />
}
