/// Declarations that wait for review, or all: of every round and without one, or of one round.
import { useEffect, useState } from 'preact/hooks'
import type { Community } from '../../api/types'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Checkbox } from '../../ui/checkbox'
import { Notice } from '../../ui/notice'
import { Select } from '../../ui/select'
import { Table } from '../../ui/table'
import { nameOf } from '../campaigns/sentences'
import type { Campaign } from '../campaigns/shapes'
import { when } from '../health'
import { usePages } from '../pages'
import { d } from '../text/community'
import { Review } from './review'
import { listPath } from './declarations_path'
import type { Declaration } from './shapes'

const TONES = { waiting: 'warn', accepted: 'good', refused: 'bad' } as const

/** `round` undefined: none is on, and what was declared without one or for an earlier one is shown. `community` null: everywhere. */
export function Declarations({ round, community }: { round: Campaign | undefined; community: Community | null }) {
  const { items, more, busy, error, load, next } = usePages<Declaration>()
  const [isWaitingOnly, setWaitingOnly] = useState(true)
  const [rounds, setRounds] = useState<'all' | 'this'>(round ? 'this' : 'all')
  const [open, setOpen] = useState<Declaration | null>(null)
  const [told, setTold] = useState<string | null>(null)
  const path = listPath({ round: rounds === 'this' ? round?.number : undefined, community: community?.id, isWaitingOnly })
  useEffect(() => {
    setOpen(null)
    setTold(null)
    void load(path)
  }, [path])
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
        <div class="row">
          {round && (
            <Select
              id="declarations-of"
              label={d('declarationsOf')}
              value={rounds}
              options={[
                ['all', d('ofAllRounds')],
                ['this', d('ofThisRound', { round: nameOf(round) })],
              ]}
              onValue={setRounds}
            />
          )}
          <Checkbox id="only-waiting" checked={isWaitingOnly} onValue={setWaitingOnly}>
            {d('onlyWaiting')}
          </Checkbox>
        </div>
        {error && <Notice tone="bad">{error}</Notice>}
        <Table
          label={d('declarations')}
          empty={d(busy ? 'loading' : 'nothing')}
          heads={[d('name'), d('tail'), d('community'), d('round'), d('kind'), d('sampled'), d('evidence'), d('declared'), d('reviewState'), '']}
          rows={items.map((each) => ({
            key: `${each.personId}-${each.id}`,
            cells: [
              each.person?.name ?? each.personId,
              each.person?.documentTail ?? '',
              each.person?.communityName ?? '',
              <span data-test={`round-of-${each.id}`}>{each.campaign ?? d('withoutRound')}</span>,
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
