/// The schedule: for each round and person the windows, where they stand, the nearest points, and the way to declare.
import { useEffect } from 'preact/hooks'
import type { ScheduleItem } from '../../api/resident'
import { pick } from '../../i18n/lang'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { now } from '../../ui/clock'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import { AskingState } from '../asking'
import { relationText } from '../relation'
import { go } from '../route'
import { cityNow } from '../state'
import { s } from '../text/schedule'
import { askSchedule, schedule } from './known'
import { Points } from './points'
import { useResampleDue } from './resample'
import { byRound, lineOf, NO_NEWS, type RoundLine, turnOf } from './round'
import { LINE_TONES, remarkOf } from './round_card'
import './schedule.css'
import { windowText } from './words'

/** What was learned a moment ago is shown without asking. */
const FRESH_MS = 60_000
const BADGE_TONES = { good: 'good', warn: 'warn', bad: 'bad', info: 'quiet' } as const

/** `called`: the person is still to come, so that it matters whether a window is open now. */
function Windows({ item, nowMs, called }: { item: ScheduleItem; nowMs: number; called: boolean }) {
  const turn = turnOf(item.windows, nowMs)
  return (
    <div>
      <h4>{s('windows')}</h4>
      <ul>
        {item.windows.map((window) => {
          const current = called && turn.kind === 'open' && turn.window === window
          return (
            <li key={window.from} class={current ? 'window-now' : ''}>
              {windowText(window, nowMs)}
              {current && ` · ${s('openNow')}`}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** Where somebody stands, in a word. */
function StandingBadge({ line, item }: { line: RoundLine | null; item: ScheduleItem }) {
  // What the schedule says is over, and it has not said yet what comes next.
  if (line === null && item.standing === 'resample') return null
  const tone = line ? BADGE_TONES[LINE_TONES[line.kind]] : 'quiet'
  return (
    <span data-test="standing" data-standing={item.standing}>
      <Badge tone={tone}>{s(line?.kind === 'over' || line?.kind === 'resample' ? line.kind : item.standing)}</Badge>
    </span>
  )
}

function Remarks({ line, item }: { line: RoundLine; item: ScheduleItem }) {
  const remark = remarkOf(line)
  return (
    <>
      {remark && (
        <Notice tone="bad">
          <b data-test="round-remark">{remark}</b>
        </Notice>
      )}
      {line.kind === 'resample' && <p data-test="resample-hint">{s('resampleHint')}</p>}
      {line.kind === 'isolated' && <p data-test="isolated-hint">{s('isolatedHint')}</p>}
      {line.kind === 'over' && <p>{s('overHint')}</p>}
      {line.kind === 'waiting' && <p>{s('waitingHint')}</p>}
      {item.atWork && <p>{s('atWork')}</p>}
    </>
  )
}

const idsOf = (item: ScheduleItem) => item.points.map(({ id }) => id).join()

interface PersonProps {
  item: ScheduleItem
  /** The first person of the round: points that are the same are shown there. */
  first: ScheduleItem
  /** As in `News`. */
  resample: boolean | null
}

function Person({ item, first, resample }: PersonProps) {
  const nowMs = cityNow()
  const line = lineOf(item, nowMs, { ...NO_NEWS, resample })
  const { name, relation } = item.person
  const stays = line?.kind === 'resample' || line?.kind === 'isolated'
  const called = line !== null && !stays && line.kind !== 'exempt' && line.kind !== 'sampled'
  return (
    <section class="card stack round-person" data-test="round-person">
      <header>
        <h3>
          {name} · {relation ? relationText(relation) : s('you')}
        </h3>
        <StandingBadge line={line} item={item} />
      </header>
      {line && <Remarks line={line} item={item} />}
      {item.windows.length > 0 && !stays && <Windows item={item} nowMs={nowMs} called={called} />}
      {item.windows.length === 0 && line === null && <p class="quiet">{s('notIncludedHint')}</p>}
      {called && (
        <div>
          <h4>{s('points')}</h4>
          {item !== first && idsOf(item) === idsOf(first) && item.points.length > 0 ? (
            <p class="quiet">{s('pointsSame', { name: first.person.name })}</p>
          ) : (
            <Points points={item.points} nowMs={nowMs} />
          )}
        </div>
      )}
    </section>
  )
}

/** One round: its name, what to know and bring, then person by person. */
function Round({ items, resample }: { items: readonly [ScheduleItem, ...ScheduleItem[]]; resample: boolean | null }) {
  const [first] = items
  const notice = pick(first.noticeZh, first.noticeEn)
  return (
    <>
      <h2>{pick(first.nameZh, first.nameEn)}</h2>
      {notice && (
        <Notice>
          <h3>{s('bring')}</h3>
          <p data-test="round-notice">{notice}</p>
        </Notice>
      )}
      {items.map((item) => (
        <Person key={item.person.personId} item={item} first={first} resample={resample} />
      ))}
    </>
  )
}

async function openSchedule(): Promise<void> {
  await schedule.recall()
  const ageMs = Date.now() - (schedule.known.value?.learnedAtMs ?? 0)
  if (ageMs < 0 || ageMs >= FRESH_MS) await askSchedule()
}

export default function ScheduleScreen() {
  useValue(now)
  const known = useValue(schedule.known)
  useEffect(() => void openSchedule(), [])
  const resample = useResampleDue()
  const rounds = byRound(known?.value.items ?? [])
  return (
    <>
      <h2 class="hidden-text">{s('title')}</h2>
      <AskingState from={schedule} onAsk={askSchedule} />
      {known && rounds.length === 0 && (
        <section class="card stack" data-test="no-round">
          <p>{s('none')}</p>
          <p class="quiet">{s('noneHint')}</p>
        </section>
      )}
      {rounds.map((items) => (
        <Round key={items[0].number} items={items} resample={resample} />
      ))}
      <Button look={rounds.length ? 'primary' : 'plain'} onClick={() => go('declare', 'new')} data-test="to-declare">
        {s('declare')}
      </Button>
    </>
  )
}
