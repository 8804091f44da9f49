/// What closing would do, prominently: the sentence first, red when the share is unlike the last one, the figures below.
import { dateTime } from '../../i18n/time'
import { Notice } from '../../ui/notice'
import { Facts } from '../health'
import { k } from '../text/campaigns'
import { count } from './figures'
import { alarmSentence, scopeSentence, stoppedSentence } from './sentences'
import type { Campaign, ClosingCounts } from './shapes'

export function ClosingCountsView({ counts, colour }: { counts: ClosingCounts; colour: Campaign['colour'] }) {
  const alarm = alarmSentence(counts)
  const stopped = stoppedSentence(counts)
  const { spared } = counts
  return (
    <div class="stack" data-test="closing-counts" data-alarming={Boolean(alarm)}>
      <Notice tone={alarm ? 'bad' : 'warn'} {...(alarm ? { role: 'alert' as const } : {})}>
        <p class="scope" data-test="scope">
          {scopeSentence(counts, colour)}
        </p>
        {alarm && <strong data-test="alarming">{alarm}</strong>}
      </Notice>
      {stopped && (
        <Notice tone="bad">
          <span data-test="stopped">{stopped}</span>
        </Notice>
      )}
      <Facts
        rows={[
          [k(`given-${colour ?? 'yellow'}`), <strong>{count(counts.given)}</strong>],
          [k('countSampled'), count(counts.sampled)],
          [k('countExempt'), count(counts.exempt)],
          [k('countWaiting'), count(counts.waiting)],
          [k('countSealed'), count(spared.sealedZone)],
          [k('countIsolation'), count(spared.isolation)],
        ]}
      />
      <small class="quiet">{k('scopeAsOf', { time: dateTime(Date.parse(counts.asOf)), people: count(counts.people) })}</small>
    </div>
  )
}
