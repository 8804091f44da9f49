/// Tubes scanned at the lab's door: what still has to be told, and what the server said of each.
import type { TubeRowOutcome } from '../sampling/types'

export interface ScannedTube {
  tube: string
  /** `waiting` until the server has answered for it. */
  state: 'waiting' | 'recorded' | 'duplicate' | 'rejected'
  said?: Pick<TubeRowOutcome, 'problem' | 'detail' | 'detailZh'>
}

/** Most tubes of one call. */
export const MOST_TUBES = 1_000

/** Newest first; a tube scanned again moves up and is told again only if it was refused. */
export function withTube(tubes: readonly ScannedTube[], tube: string): ScannedTube[] {
  const there = tubes.find((each) => each.tube === tube)
  const row: ScannedTube = there && there.state !== 'rejected' ? there : { tube, state: 'waiting' }
  return [row, ...tubes.filter((each) => each.tube !== tube)]
}

/** What goes in the next call, in the order of the scans. */
export function nextBatch(tubes: readonly ScannedTube[]): string[] {
  const waiting = tubes.filter(({ state }) => state === 'waiting').map(({ tube }) => tube)
  return waiting.reverse().slice(0, MOST_TUBES)
}

/** Enters what the server answered; `id` of a row is the tube. */
export function answered(tubes: readonly ScannedTube[], items: readonly TubeRowOutcome[]): ScannedTube[] {
  const byTube = new Map(items.map((item) => [item.tube ?? item.id, item]))
  return tubes.map((row) => {
    const item = byTube.get(row.tube)
    if (!item) return row
    const { problem = null, detail = null, detailZh = null } = item
    return { tube: row.tube, state: item.status, said: { problem, detail, detailZh } }
  })
}
