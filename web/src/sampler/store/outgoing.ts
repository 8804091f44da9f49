/// What the server has not acknowledged, and what becomes of it when the server answers.
import type { SampleOutcome } from '../../api/types'
import { type Errand, forget, type Refusal, type SampleRow, type TubeRow } from './rows'
import { answerOf, type RecordDb } from './record_db'

/** Sizes of the queues. */
export interface Waiting {
  readonly samples: number
  readonly seals: number
  /** Those that will be sent; what was sent back is not among them. */
  readonly errands: number
  /** Samples and errands that somebody has to look at. */
  readonly refused: number
  /** Time of the oldest sample not sent, or null. */
  readonly oldestMs: number | null
}

/** An errand with its place in the queue. */
export interface QueuedErrand {
  readonly at: IDBValidKey
  readonly errand: Errand
}

/** A row that was refused for lying ahead is sent again after this time: time mends it, or somebody has set the clock. */
const AHEAD_MS = 5 * 60_000

/** How long what the server has is kept here, to know people and barcodes again. */
export const KEPT_MS = 14 * 86_400_000

export const refusalOf = ({ problem, detail, detailZh }: SampleOutcome): Refusal => ({
  problem: problem ?? 'rejected',
  ...(detailZh ? { zh: detailZh } : {}),
  ...(detail ? { en: detail } : {}),
})

function settleRow(row: SampleRow, sent: SampleRow, outcome: SampleOutcome, tube: TubeRow | undefined, nowMs: number): void {
  // Undone while the row was on its way: it has to be told again.
  const toldAll = row.undoneMs === sent.undoneMs
  if (toldAll) delete row.queue
  // Of one who was undone only a wrong clock matters: an earlier send may have told of the sample, and lost its answer.
  const matters = row.undoneMs === undefined || (toldAll && outcome.problem === 'in-future')
  if (outcome.status === 'rejected' && matters) {
    Object.assign(row, { refused: refusalOf(outcome), refusedMs: nowMs })
    return
  }
  if (!toldAll) return
  row.ackMs = nowMs
  if (outcome.flags?.length) row.flags = outcome.flags
  forget(row, tube)
}

/** A person as mended. */
export type Mended = Required<Pick<SampleRow, 'person' | 'key' | 'source' | 'label'>>

export class Outgoing {
  constructor(private readonly db: RecordDb) {}

  waiting(): Promise<Waiting> {
    return this.db.read(['samples', 'tubes', 'errands'], async (store) => {
      const queue = store('samples').index('queue')
      const first = answerOf(queue.getAll(null, 1)) as Promise<SampleRow[]>
      const [samples, seals, errands, refused, [oldest]] = await Promise.all([
        answerOf(queue.count()),
        answerOf(store('tubes').index('sealQueue').count()),
        answerOf<Errand[]>(store('errands').getAll()),
        answerOf(store('samples').index('refusedMs').count()),
        first,
      ])
      const sentBack = errands.filter((errand) => errand.refused).length
      return { samples, seals, errands: errands.length - sentBack, refused: refused + sentBack, oldestMs: oldest?.sampledMs ?? null }
    })
  }

  /** The oldest samples not sent, all of one point. */
  async nextSamples(limit: number): Promise<SampleRow[]> {
    const rows = await this.db.read(['samples'], (store) =>
      answerOf<SampleRow[]>(store('samples').index('queue').getAll(null, limit)),
    )
    return rows.filter((row) => row.pointId === rows[0]?.pointId)
  }

  /** Notes what the server said of the rows that were sent; an answer that leaves one out throws. */
  async settleSamples(sent: readonly SampleRow[], outcomes: readonly SampleOutcome[], nowMs: number): Promise<void> {
    const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]))
    if (sent.some(({ id }) => !byId.has(id))) throw new Error('incomplete answer')
    await this.db.write(['samples', 'tubes'], async (store) => {
      const [samples, tubes] = [store('samples'), store('tubes')]
      for (const row of sent) {
        const [held, tube] = await Promise.all([
          answerOf<SampleRow | undefined>(samples.get(row.id)),
          answerOf<TubeRow | undefined>(tubes.get(row.tube)),
        ])
        const outcome = byId.get(row.id)
        if (!held || !outcome) continue
        settleRow(held, row, outcome, tube, nowMs)
        samples.put(held)
        // The seal was refused because the server knew nobody in the tube: now it does.
        if (tube?.sealRefused && held.ackMs !== undefined && tube.sealedMs !== undefined) {
          const { sealRefused: _, ...again } = tube
          tubes.put({ ...again, sealQueue: tube.sealedMs })
        }
      }
    })
  }

  /** Seals not acknowledged, marked as sent: from now on they can't be taken back. */
  nextSeals(limit: number): Promise<TubeRow[]> {
    return this.db.write(['tubes'], async (store) => {
      const tubes = store('tubes')
      const rows = await answerOf<TubeRow[]>(tubes.index('sealQueue').getAll(null, limit))
      for (const row of rows) if (!row.sealSent) tubes.put({ ...row, sealSent: 1 })
      return rows
    })
  }

  /** Notes what the server said of seals; rows it leaves out stay in the queue. */
  async settleSeals(sent: readonly TubeRow[], outcomes: readonly SampleOutcome[]): Promise<void> {
    const byTube = new Map(outcomes.map((outcome) => [outcome.id, outcome]))
    await this.db.write(['tubes', 'samples'], async (store) => {
      for (const { tube } of sent) {
        const [outcome, row] = [byTube.get(tube), await answerOf<TubeRow | undefined>(store('tubes').get(tube))]
        if (!outcome || !row) continue
        delete row.sealQueue
        if (outcome.status === 'rejected') row.sealRefused = refusalOf(outcome)
        store('tubes').put(row)
        for (const sample of await answerOf<SampleRow[]>(store('samples').index('tube').getAll(tube))) {
          if (sample.ackMs === undefined || sample.label === undefined) continue
          delete sample.label
          store('samples').put(sample)
        }
      }
    })
    if (sent.some(({ tube }) => !byTube.has(tube))) throw new Error('incomplete answer')
  }

  errands(): Promise<QueuedErrand[]> {
    return this.db.read(['errands'], async (store) => {
      const errands = store('errands')
      const [keys, rows] = await Promise.all([answerOf(errands.getAllKeys()), answerOf<Errand[]>(errands.getAll())])
      return rows.map((errand, i) => ({ at: keys[i] as IDBValidKey, errand }))
    })
  }

  /** Removes an errand that was done, or that somebody has read and given up. */
  async endErrand(at: IDBValidKey): Promise<void> {
    await this.db.write(['errands'], (store) => answerOf(store('errands').delete(at)))
  }

  /** Keeps an errand the server refuses; without a refusal it is sent again. */
  async markErrand(at: IDBValidKey, refused: Refusal | null): Promise<void> {
    await this.db.write(['errands'], async (store) => {
      const errand = await answerOf<Errand | undefined>(store('errands').get(at))
      if (!errand) return
      const { refused: _, ...rest } = errand
      await answerOf(store('errands').put(refused ? { ...rest, refused } : rest, at))
    })
  }

  /** Rows the server refused, the latest first, at most `limit`. */
  async refused(limit: number): Promise<SampleRow[]> {
    const rows = await this.db.read(['samples'], (store) =>
      answerOf<SampleRow[]>(store('samples').index('refusedMs').getAll(null, limit)),
    )
    return rows.reverse()
  }

  /** Puts rows back into the queue that were refused for lying ahead of the server's clock, some minutes after. */
  async sendAheadAgain(nowMs: number): Promise<void> {
    const isDue = ({ refused, refusedMs = 0 }: SampleRow) => refused?.problem === 'in-future' && Math.abs(nowMs - refusedMs) >= AHEAD_MS
    const due = (await this.refused(1_000)).filter(isDue)
    if (due.length === 0) return
    await this.db.write(['samples'], async (store) => {
      for (const { id } of due) {
        const row = await answerOf<SampleRow | undefined>(store('samples').get(id))
        if (!row || !isDue(row)) continue
        delete row.refused
        delete row.refusedMs
        await answerOf(store('samples').put({ ...row, queue: row.sampledMs }))
      }
    })
  }

  /** Puts a refused row back into the queue, with other personal data where they were mended. */
  mend(id: string, mended: Mended | null): Promise<void> {
    return this.db.write(['samples'], async (store) => {
      const row = await answerOf<SampleRow | undefined>(store('samples').get(id))
      if (row?.refusedMs === undefined) return
      delete row.refused
      delete row.refusedMs
      Object.assign(row, mended ?? {}, { queue: row.sampledMs })
      await answerOf(store('samples').put(row))
    })
  }

  /** Removes what the server has had for 14 days, never what it has not; `limit` rows of each in one transaction. */
  async purge(nowMs: number, limit = 2_000): Promise<number> {
    let all = 0
    for (;;) {
      const gone = await this.purgeSome(nowMs, limit)
      all += gone
      if (gone < limit) return all
    }
  }

  private purgeSome(nowMs: number, limit: number): Promise<number> {
    const old = IDBKeyRange.upperBound(nowMs - KEPT_MS)
    return this.db.write(['samples', 'tubes', 'boxes'], async (store) => {
      const samples = await answerOf(store('samples').index('ackMs').getAllKeys(old, limit))
      for (const id of samples) store('samples').delete(id)
      const tubes = await answerOf<TubeRow[]>(store('tubes').index('openedMs').getAll(old, limit))
      for (const row of tubes) {
        const held = await answerOf(store('samples').index('tube').count(row.tube))
        if (!row.open && row.sealQueue === undefined && held === 0) store('tubes').delete(row.tube)
      }
      const boxes = await answerOf(store('boxes').index('packedMs').getAllKeys(old, limit))
      for (const box of boxes) store('boxes').delete(box)
      return samples.length
    })
  }
}
