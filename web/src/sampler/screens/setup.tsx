/// Before the first tube: point, round, size of tubes, household mode. Kept until it is changed.
import { useEffect, useState } from 'preact/hooks'
import { Problem } from '../../api/problem'
import type { Page, SamplingPoint, TubeSize } from '../../api/types'
import { pick } from '../../i18n/lang'
import { Button } from '../../ui/button'
import { Checkbox } from '../../ui/checkbox'
import { Field } from '../../ui/field'
import { Line, List } from '../../ui/list'
import { Notice } from '../../ui/notice'
import { Select } from '../../ui/select'
import { useValue } from '../../ui/value'
import { roundTrouble } from '../rounds'
import type { Sampler } from '../sampler'
import { SIZES } from '../settings'
import { d } from '../text/desk'

/** Pause after the last key before the server is asked. */
const SEARCH_PAUSE_MS = 300

function PointChoice({ sampler, onDone }: { sampler: Sampler; onDone: () => void }) {
  const [query, setQuery] = useState('')
  const [points, setPoints] = useState<readonly SamplingPoint[] | null>(null)
  const [error, setError] = useState<string | null>(null)
  useEffect(() => {
    let current = true
    const search = async () => {
      try {
        const { items } = await sampler.client.get<Page<SamplingPoint>>(`/v1/sampling-points?query=${encodeURIComponent(query)}`)
        if (current) (setPoints(items.filter(({ closed }) => !closed)), setError(null))
      } catch (failure) {
        if (current) setError(failure instanceof Problem ? failure.text : d('unreachable'))
      }
    }
    const timer = setTimeout(search, query ? SEARCH_PAUSE_MS : 0)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [sampler, query])
  const choose = async ({ id, name, kind, area, areaName, address, opens, closes }: SamplingPoint) => {
    const point = { id, name, kind, area, areaName, address, ...(opens ? { opens } : {}), ...(closes ? { closes } : {}) }
    await sampler.settings.change({ point })
    onDone()
  }
  return (
    <section class="stack">
      <h2>{d('choosePoint')}</h2>
      <Field id="point-query" label={d('searchPoint')} value={query} onValue={setQuery} type="search" />
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      {points?.length === 0 && <p class="quiet">{d('noPoints')}</p>}
      {points && (
        <List>
          {points.map((point) => (
            <Line
              key={point.id}
              title={point.name}
              detail={`${d(point.kind)} · ${point.areaName} · ${point.address}`}
              onPress={() => void choose(point)}
              test="point"
            />
          ))}
        </List>
      )}
    </section>
  )
}

function RoundChoice({ sampler }: { sampler: Sampler }) {
  const { campaign, passedOver } = useValue(sampler.settings.setup)
  const running = useValue(sampler.rounds.running)
  const failed = useValue(sampler.rounds.failed)
  useEffect(() => void sampler.rounds.propose(), [sampler])
  const trouble = roundTrouble({ campaign, passedOver }, running)
  const kept = campaign && !running?.some(({ number }) => number === campaign.number) ? [campaign] : []
  const rounds = [...(running ?? []), ...kept]
  const choose = (number: string) => void sampler.rounds.choose(rounds.find((round) => String(round.number) === number) ?? null)
  const options = [['0', d('noRound')] as const, ...rounds.map((round) => [String(round.number), pick(round.nameZh, round.nameEn)] as const)]
  return (
    <>
      <Select id="round" label={d('round')} value={String(campaign?.number ?? 0)} options={options} onValue={choose} />
      {failed && <p class="hint">{d('roundsUnknown')}</p>}
      {trouble && <Notice tone="bad">{d(trouble, { round: campaign ? pick(campaign.nameZh, campaign.nameEn) : '' })}</Notice>}
    </>
  )
}

function TubeChoice({ sampler }: { sampler: Sampler }) {
  const { size, household } = useValue(sampler.settings.setup)
  const change = (next: TubeSize) => void sampler.settings.change({ size: next })
  return (
    <>
      <fieldset class="sizes">
        <legend>{d('size')}</legend>
        {SIZES.map((each) => (
          <label key={each} class={each === size ? 'chosen' : ''}>
            <input type="radio" name="size" value={each} checked={each === size} onChange={() => change(each)} data-test={`size-${each}`} />
            {d(`size${each}`)}
          </label>
        ))}
      </fieldset>
      <Checkbox id="household" checked={household} onValue={(on) => void sampler.settings.change({ household: on })}>
        {d('household')}
        <br />
        <small class="quiet">{d('householdHint')}</small>
      </Checkbox>
    </>
  )
}

function Device({ sampler, onLogin }: { sampler: Sampler; onLogin: () => void }) {
  const behaviour = useValue(sampler.settings.behaviour)
  const session = useValue(sampler.settings.session)
  const leave = async () => {
    await sampler.client.delete('/v1/staff/session').catch(() => undefined)
    await sampler.settings.setSession(null)
  }
  return (
    <fieldset class="stack">
      <legend>{d('duty')}</legend>
      <p>{session?.staff.name}</p>
      <Checkbox id="sound" checked={behaviour.sound} onValue={(sound) => void sampler.settings.behave({ sound })}>
        {d('soundOption')}
      </Checkbox>
      <Checkbox id="vibration" checked={behaviour.vibration} onValue={(vibration) => void sampler.settings.behave({ vibration })}>
        {d('vibrationOption')}
      </Checkbox>
      {session ? (
        <Button look="danger" onClick={() => void leave()} data-test="log-out">
          {d('logOut')}
        </Button>
      ) : (
        <Button onClick={onLogin} data-test="open-login">
          {d('logIn')}
        </Button>
      )}
    </fieldset>
  )
}

interface Props {
  sampler: Sampler
  onDone: () => void
  onLogin: () => void
}

export function SetupScreen({ sampler, onDone, onLogin }: Props) {
  const { point } = useValue(sampler.settings.setup)
  const [choosing, setChoosing] = useState(point === null)
  if (choosing) return <PointChoice sampler={sampler} onDone={() => setChoosing(false)} />
  return (
    <section class="stack" data-test="setup">
      <h2>{d('setupTitle')}</h2>
      <div class="card stack">
        <p>
          <small class="quiet">{d('point')}</small>
          <br />
          <strong data-test="chosen-point">{point?.name ?? d('noPoint')}</strong>
        </p>
        <Button onClick={() => setChoosing(true)} data-test="change-point">
          {d('changePoint')}
        </Button>
        <RoundChoice sampler={sampler} />
        <TubeChoice sampler={sampler} />
      </div>
      <Button look="primary" disabled={point === null} onClick={onDone} data-test="start">
        {d('start')}
      </Button>
      <div class="card">
        <Device sampler={sampler} onLogin={onLogin} />
      </div>
    </section>
  )
}
