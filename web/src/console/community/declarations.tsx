/// Declarations of a round: those that wait for review, or all.
import { useEffect, useState } from 'preact/hooks'
import type { Community } from '../../api/types'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Checkbox } from '../../ui/checkbox'
import { Notice } from '../../ui/notice'
import { Table } from '../../ui/table'
import type { Campaign } from '../campaigns/shapes'
import { when } from '../health'
import { usePages } from '../pages'
import { d } from '../text/community'
import { Review } from './review'
import type { Declaration } from './shapes'

const TONES = { waiting: 'warn', accepted: 'good', refused: 'bad' } as const

/** `community` null: everywhere. */
export function Declarations({ round, community }: { round: Campaign; community: Community | null }) {
  const { items, more, busy, error, load, next } = usePages<Declaration>()
  const [isWaitingOnly, setWaitingOnly] = useState(true)
  const [open, setOpen] = useState<Declaration | null>(null)
  const [told, setTold] = useState<string | null>(null)
  const query = [`campaign=${round.number}`, community ? `community=${community.id}` : '', isWaitingOnly ? 'waiting=true' : ''].filter(Boolean).join('&')
  const path = `/v1/declarations/list?${query}`
  useEffect(() => void load(path), [path])
  const reviewed = (declaration: Declaration) => {
    setOpen(null)
    setTold(open?.person?.name ?? declaration.personId)
    void load(path)
  }
  return (
    <div class="stack">
      <div aria-live="polite">{told && <Notice tone="good">{d('reviewed', { name: told })}</Notice>}</div>
      {open && <Review key={open.id} declaration={open} onReviewed={reviewed} onClose={() => setOpen(null)} />}
      <section class="card stack" data-test="declarations">
        <Checkbox id="only-waiting" checked={isWaitingOnly} onValue={setWaitingOnly}>
          {d('onlyWaiting')}
        </Checkbox>
        {error && <Notice tone="bad">{error}</Notice>}
        <Table
          label={d('declarations')}
          empty={d(busy ? 'loading' : 'nothing')}
          heads={[d('name'), d('tail'), d('community'), d('kind'), d('sampled'), d('evidence'), d('declared'), d('reviewState'), '']}
          rows={items.map((each) => ({
            key: `${each.personId}-${each.id}`,
            cells: [
              each.person?.name ?? each.personId,
              each.person?.documentTail ?? '',
              each.person?.communityName ?? '',
              d(each.kind),
              each.sampled ? when(each.sampled) : '—',
              d(`evidence-${each.evidence}`),
              when(each.declared),
              <Badge tone={TONES[each.review]}>{d(`review-${each.review}`)}</Badge>,
              <Button
                onClick={() => {
                  setTold(null)
                  setOpen(each)
                }}
                aria-label={`${d('review')} ${each.person?.name ?? each.personId}`}
                data-test={`review-${each.id}`}
              >
                {d('review')}
              </Button>,
            ],
          }))}
        />
        {more && (
          <Button busy={busy} onClick={() => void next()}>
            {d('more')}
          </Button>
        )}
      </section>
    </div>
  )
}
