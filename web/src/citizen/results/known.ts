/// The resident's results and latest samples, kept for when nobody answers.
import type { HistoryResult, Sample } from '../../api/resident'
import type { Page } from '../../api/types'
import { keptAnswer } from '../kept_answer'
import { client } from '../server_talk'

/** Samples are the smaller question: without them the results are still worth showing. */
async function latestSamples(): Promise<Sample[] | null> {
  try {
    return (await client.get<Page<Sample>>('/v1/samples', { tries: 1 })).items
  } catch {
    return null
  }
}

export const results = keptAnswer('results', async (kept) => {
  const page = await client.get<Page<HistoryResult>>('/v1/results')
  const samples = (await latestSamples()) ?? kept?.value.samples ?? null
  return { value: { items: page.items, nextCursor: page.nextCursor ?? null, samples } }
})

/** The page of results after `cursor`; throws as the client does. */
export function furtherResults(cursor: string): Promise<Page<HistoryResult>> {
  return client.get<Page<HistoryResult>>(`/v1/results?cursor=${encodeURIComponent(cursor)}`)
}
