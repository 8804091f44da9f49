/// Which round and which community somebody works on.
import { useEffect, useState } from 'preact/hooks'
import type { Community, Page } from '../../api/types'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { Select } from '../../ui/select'
import type { Campaign } from '../campaigns/shapes'
import { nameOf, stateWord } from '../campaigns/sentences'
import { useRequest } from '../request'
import { client } from '../session'
import { d } from '../text/community'

/** Choices that are shown; whoever needs more types more. */
const SHOWN = 12

/** Can declarations be made, and doors be knocked on, for this round? */
export function isCurrent({ state, closingApproved }: Campaign): boolean {
  return state === 'approved' || state === 'running' || (state === 'closing' && !closingApproved)
}

/** The rounds that are on, the running ones first; null until they are known. */
export function useRounds(): { rounds: Campaign[] | null; error: string } {
  const [rounds, setRounds] = useState<Campaign[] | null>(null)
  const { error, run } = useRequest()
  useEffect(() => {
    const load = async () => {
      const page = await run(() => client.get<Page<Campaign>>('/v1/campaigns'))
      const isWaiting = (campaign: Campaign) => Number(campaign.state === 'approved')
      if (page) setRounds(page.items.filter(isCurrent).sort((a, b) => isWaiting(a) - isWaiting(b) || b.number - a.number))
    }
    void load()
  }, [])
  return { rounds, error }
}

export function RoundSelect({ rounds, number, onNumber }: { rounds: readonly Campaign[]; number: number; onNumber: (number: number) => void }) {
  const options = rounds.map((campaign) => [String(campaign.number), `${campaign.number} · ${nameOf(campaign)} (${stateWord(campaign)})`] as const)
  return <Select id="round" label={d('round')} value={String(number)} options={options} onValue={(value) => onNumber(Number(value))} />
}

interface CommunityProps {
  value: Community | null
  onValue: (value: Community | null) => void
}

export function CommunityChoice({ value, onValue }: CommunityProps) {
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<Community[] | null>(null)
  const { busy, error, run } = useRequest()
  const search = async (event: Event) => {
    event.preventDefault()
    const page = await run(() => client.get<Page<Community>>(`/v1/communities?query=${encodeURIComponent(query.trim())}`))
    if (page) setFound(page.items)
  }
  if (value) {
    const change = () => {
      setFound(null)
      onValue(null)
    }
    return (
      <div class="field">
        <span class="label">{d('community')}</span>
        <span class="chosen">
          <strong data-test="chosen-community">{value.name}</strong> <span class="quiet">{`${value.district} ${value.street}`}</span>{' '}
          <Button look="link" onClick={change} data-test="change-community">
            {d('change')}
          </Button>
        </span>
      </div>
    )
  }
  return (
    <form class="stack" onSubmit={(event) => void search(event)} noValidate>
      <Field
        id="community-query"
        label={d('community')}
        hint={d('communityHint')}
        value={query}
        onValue={setQuery}
        maxLength={40}
        autocomplete="off"
        extra={
          <Button type="submit" busy={busy} disabled={!query.trim()} data-test="find-community">
            {d('find')}
          </Button>
        }
      />
      {error && <Notice tone="bad">{error}</Notice>}
      <ul class="options" aria-live="polite">
        {found?.length === 0 && <li class="quiet">{d('none')}</li>}
        {found?.slice(0, SHOWN).map((item) => (
          <li key={item.id}>
            <Button onClick={() => onValue(item)} data-test="community-option">
              {item.name} · {item.district} {item.street}
            </Button>
          </li>
        ))}
      </ul>
    </form>
  )
}
