/// The line about a round on the code screen: where somebody stands, and the way to the schedule.
import { pick } from '../../i18n/lang'
import { useEffect } from 'preact/hooks'
import { now } from '../../ui/clock'
import { Icon, type IconName } from '../../ui/icon'
import { useValue } from '../../ui/value'
import { go } from '../route'
import { results } from '../results/known'
import { cityNow, holding, session } from '../state'
import { r } from '../text/round'
import { outdated, schedule } from './known'
import { type News, sampledRounds } from './news'
import { useResampleDue } from './resample'
import { type LineKind, linesOf, type RoundLine } from './round'
import './round_card.css'
import { lineText } from './words'

/** More people than this are counted only. */
const SHOWN = 3
export const LINE_TONES: Record<LineKind, 'bad' | 'warn' | 'info' | 'good'> = {
  ...{ resample: 'warn', isolated: 'warn', remind: 'bad', open: 'warn', over: 'bad', from: 'info', waiting: 'info', exempt: 'good', sampled: 'good' },
}
const ICONS: Record<'bad' | 'warn' | 'info' | 'good', IconName> = { bad: 'alert', warn: 'alert', info: 'info', good: 'tick' }

/** What the round's own document says to somebody in this position; empty for the others. */
export function remarkOf({ kind, item }: RoundLine): string {
  if (kind === 'remind') return pick(item.reminderZh ?? '', item.reminderEn ?? '')
  return kind === 'over' ? pick(item.missedZh ?? '', item.missedEn ?? '') : ''
}

function OneLine({ line }: { line: RoundLine }) {
  // The document speaks to whoever reads it, who is the holder here.
  const remark = line.item.person.relation ? '' : remarkOf(line)
  return (
    <span class="round-line" data-kind={line.kind} data-test="round-line">
      {lineText(line, cityNow())}
      {remark && <b>{remark}</b>}
    </span>
  )
}

/** What the code and the latest samples say that the schedule may not know yet. */
function useNews(scheduleAtMs: number): News {
  const latest = useValue(results.known)
  const test = useValue(holding)?.code.test
  const isOutdated = useValue(outdated)
  const rounds = sampledRounds(latest?.value.samples, latest?.learnedAtMs ?? 0, scheduleAtMs)
  const resample = useResampleDue()
  return { rounds, resample, testMs: isOutdated && test ? Date.parse(test.sampled) : null }
}

export function RoundCard() {
  useValue(now)
  const holder = useValue(session)
  const known = useValue(schedule.known)
  useEffect(() => void Promise.all([schedule.recall(), results.recall()]), [holder])
  const news = useNews(known?.learnedAtMs ?? 0)
  const lines = linesOf(known?.value.items ?? [], cityNow(), news)
  const first = lines[0]
  return (
    <div class="round-live" aria-live="polite">
      {first && (
        <button type="button" class={`round-card notice ${LINE_TONES[first.kind]}`} onClick={() => go('schedule')} data-test="round-card">
          <Icon name={ICONS[LINE_TONES[first.kind]]} />
          <span>
            {lines.slice(0, SHOWN).map((line) => (
              <OneLine key={`${line.item.number} ${line.item.person.personId}`} line={line} />
            ))}
            {lines.length > SHOWN && <small class="round-line">{r('more', { n: lines.length - SHOWN })}</small>}
          </span>
          <Icon name="next" />
        </button>
      )}
    </div>
  )
}
