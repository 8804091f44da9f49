/// What is said of a result that took the place of another: nothing a lab told is silently overwritten.
import type { HistoryResult } from '../../api/resident'
import { fill, type Lang } from '../../i18n/lang'
import { dateTime } from '../../i18n/time'
import { dictionary } from '../text/correction'

/** When the lab corrected a result and what it was before; empty if it never did. */
export function correctionText({ corrected, outcome }: HistoryResult, language: Lang): string {
  if (!corrected) return ''
  const words = dictionary[language]
  const { at, formerOutcome } = corrected
  // A lab may correct a time or a method only.
  const sentence = formerOutcome === outcome ? words.same : words.changed
  return fill(sentence, { time: dateTime(Date.parse(at)), former: words[formerOutcome] })
}
