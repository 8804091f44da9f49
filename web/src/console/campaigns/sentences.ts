/// What a step will do, in plain words with numbers.
import { pick } from '../../i18n/lang'
import { dateTime } from '../../i18n/time'
import { type CampaignKey, k } from '../text/campaigns'
import { count, exempt, isAlarming, lastChange, percent } from './figures'
import type { Campaign, CampaignFile, ClosingCounts, Coverage } from './shapes'
import type { Step } from './steps'
import { LONGEST_DAYS, MOST_WINDOWS, type WindowsMistake } from './windows'

/** What the rules in force give for the reason of a round. */
type Colour = Campaign['colour']

/** 将给 213,402 人赋黄码，占人口 1.7%；上一轮为 0.9%. Yellow where the server does not say. */
export function scopeSentence(counts: ClosingCounts, colour?: Colour): string {
  const { given, share, lastShare } = counts
  const values = { given: count(given), share: percent(share) }
  const what = k(`scope-${colour ?? 'yellow'}`, values)
  if (lastShare === null || lastShare === undefined) return `${what}${k('scopeFirst')}`
  return `${what}${k(colour === 'green' ? 'scopeLastGreen' : 'scopeLast', { last: percent(lastShare) })}`
}

/** Empty unless the share is more than twice the last one's. */
export function alarmSentence(counts: ClosingCounts): string {
  const { share, lastShare } = counts
  if (!isAlarming(counts)) return ''
  return k('alarming', { times: lastShare ? (share / lastShare).toFixed(1) : '∞' })
}

/** Empty unless a closing was stopped, since there were more people than were approved. */
export function stoppedSentence({ stoppedAt, given }: ClosingCounts): string {
  return stoppedAt === null || stoppedAt === undefined ? '' : k('stopped', { approved: count(stoppedAt), given: count(given) })
}

/** Whether a step speaks of colours although the reason gives none. */
function isColourless(step: Step, { colour }: CampaignFile): boolean {
  return colour === 'green' && (step === 'approve-closing' || step === 'reverse')
}

/** What a step will do; `total` are the people of the campaign as they stand now. */
export function askSentence(step: Exclude<Step, 'redraft' | 'refine'>, file: CampaignFile, total: Coverage['total'] | null): string {
  const people = {
    people: count(total ? total.people - total.notIncluded : null),
    open: count(total?.open),
    exempt: count(total ? exempt(total) : null),
    waiting: count(total?.waiting),
  }
  const given = step === 'reverse' ? file.given : (file.mostGiven ?? file.closing?.given)
  const key = isColourless(step, file) ? (`ask-${step}-green` as const) : (`ask-${step}` as const)
  return k(key as CampaignKey, { ...people, areas: file.areas.length, id: file.id, given: count(given), colour: k(`code-${file.colour ?? 'yellow'}`) })
}

/** Who has changed it while somebody else was about to. */
export function staleSentence(file: CampaignFile): string {
  const { name, at } = lastChange(file)
  return k('changedMeanwhile', { name, time: dateTime(Date.parse(at)), version: file.version })
}

export function mistakeSentence(mistake: WindowsMistake): string {
  const n = 'index' in mistake ? mistake.index + 1 : 0
  return k(`mistake-${mistake.why}`, { n, days: LONGEST_DAYS, most: MOST_WINDOWS })
}

/** The state in a word; closing and taking back have two halves. */
export function stateWord({ state, closingApproved, given, undone }: Pick<Campaign, 'state' | 'closingApproved' | 'given' | 'undone'>): string {
  if (state === 'closing' && closingApproved) return k('giving')
  if (state === 'reversed' && undone < given) return k('undoing')
  return k(state as CampaignKey)
}

export function nameOf({ nameZh, nameEn }: { nameZh: string; nameEn: string }): string {
  return pick(nameZh, nameEn)
}
