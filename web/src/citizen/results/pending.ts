/// Samples that were taken lately and have no result yet.
import type { HistoryResult, Sample } from '../../api/resident'

const HOUR_MS = 3_600_000
/** A sample without a result is shown for this long; after that it will not get one. */
const SHOWN_MS = 72 * HOUR_MS
/** After this time people should ask: tubes do get lost. */
export const LATE_MS = 24 * HOUR_MS

/** Whether a result is the one of a sample: by the tube, or where a result names none by the time. */
function answers(result: HistoryResult, sample: Sample): boolean {
  if (result.tubeBarcode) return result.tubeBarcode === sample.tube
  return Date.parse(result.sampled) === Date.parse(sample.sampled)
}

/** Samples that wait for their result, the latest first. */
export function pendingOf(samples: readonly Sample[], results: readonly HistoryResult[], nowMs: number): Sample[] {
  return samples
    .filter((sample) => !sample.undone && nowMs - Date.parse(sample.sampled) <= SHOWN_MS)
    .filter((sample) => !results.some((result) => answers(result, sample)))
    .sort((a, b) => Date.parse(b.sampled) - Date.parse(a.sampled))
}
