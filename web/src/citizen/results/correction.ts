/// What is said of a result that took the place of another: nothing a lab told is silently overwritten.
import type { HistoryResult } from '../../api/resident'
import { fill, type Lang } from '../../i18n/lang'
import { dateTime } from '../../i18n/time'
import { dictionary } from '../text/correction'
import { dictionary as facts } from '../text/facts'

/** When the lab corrected a result and what it was before; empty if it never did. */
export function correctionText({ corrected }: HistoryResult, language: Lang): string {
  if (!corrected) return ''
  const time = dateTime(Date.parse(corrected.at))
  return fill(dictionary[language].corrected, { time, former: facts[language][corrected.formerOutcome] })
}
