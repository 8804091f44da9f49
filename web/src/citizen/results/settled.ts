/// What a positive pool left open, and a tube of the person's own has told since.
import type { HistoryResult } from '../../api/resident'

/** Whether a later tube of the person's own has said what a positive pool could not; `all` are their results. */
export function isSettled({ outcome, tube, sampled }: HistoryResult, all: readonly HistoryResult[]): boolean {
  const says = (other: HistoryResult) => other.tube === 'single' && (other.outcome === 'negative' || other.outcome === 'positive')
  return outcome === 'positive' && tube === 'pooled' && all.some((other) => says(other) && Date.parse(other.sampled) > Date.parse(sampled))
}
