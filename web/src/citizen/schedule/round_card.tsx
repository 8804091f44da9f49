/// The line about a round on the code screen: where somebody stands, and the way to the schedule.
import { pick } from '../../i18n/lang'
import { useEffect } from 'preact/hooks'
import { now } from '../../ui/clock'
import { Icon, type IconName } from '../../ui/icon'
import { useValue } from '../../ui/value'
import { go } from '../route'
import { cityNow, session } from '../state'
import { r } from '../text/round'
import { schedule } from './known'
import { type LineKind, linesOf, type RoundLine } from './round'
import './round_card.css'
import { lineText } from './words'

/** More people than this are counted only. */
const SHOWN = 3
export const LINE_TONES: Record<LineKind, 'bad' | 'warn' | 'info' | 'good'> = {
  ...{ remind: 'bad', open: 'warn', over: 'bad', from: 'info', waiting: 'info', exempt: 'good', sampled: 'good' },
}
const ICONS: Record<'bad' | 'warn' | 'info' | 'good', IconName> = { bad: 'alert', warn: 'alert', info: 'info', good: 'tick' }

/** What the round's own document says to somebody in this position; empty for the others. */
export function remarkOf({ kind, item }: RoundLine): string {
  if (kind === 'remind') return pick(item.reminderZh ?? '', item.reminderEn ?? '')
  return kind === 'over' ? pick(item.missedZh ?? '', item.missedEn ?? '') : ''
}

function OneLine({ line }: { line: RoundLine }) {
  const remark = remarkOf(line)
  return (
    <span class="round-line" data-kind={line.kind} data-test="round-line">
      {lineText(line, cityNow())}
      {remark && <b>{remark}</b>}
    </span>
  )
}

export function RoundCard() {
  useValue(now)
  const holder = useValue(session)
  const items = useValue(schedule.known)?.value.items ?? []
  useEffect(() => void schedule.recall(), [holder])
  const lines = linesOf(items, cityNow())
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
