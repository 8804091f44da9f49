/// Sends what waits: samples, then seals, then errands; gives up quietly at the first failure and pauses.
import { signal } from '@preact/signals-core'
import type { Client } from '../../api/client'
import { isPaused, pauseMs } from '../../api/pause'
import { Problem } from '../../api/problem'
import type { SampleOutcome } from '../../api/types'
import { fact, setFact } from '../store/facts'
import type { Outgoing, Waiting } from '../store/outgoing'
import type { RecordDb } from '../store/record_db'
import type { Errand, Refusal, SampleRow } from '../store/rows'
import type { Exclusive } from './exclusive'

export const BATCH = 500
/** On a bad network a large batch never arrives in time; one of so many rows is about 6 kB. */
const SMALLEST_BATCH = 20
/** Refusals of a batch as it is: some row in it spoils it. */
const OF_THE_BATCH = [400, 413, 422]
/** Fields that are the same for every row: halving the batch would only ask the same thing a thousand times. */
const OF_EVERY_ROW = ['device', 'pointId']
/** Refusals of an errand that no repeating will change. */
const OF_THE_ERRAND = [400, 404, 409, 410, 412, 413, 422]
const LAST_SYNC = 'last-sync'

const NOTHING: Waiting = { samples: 0, seals: 0, errands: 0, refused: 0, oldestMs: null }

/** A sample as the contract has it. */
export function wireSample(row: SampleRow): Record<string, unknown> {
  const { id, tube, size, household, campaign, person, source } = row
  return {
    id,
    tube,
    size,
    household,
    ...(campaign === null ? {} : { campaign }),
    person,
    sampled: new Date(row.sampledMs).toISOString(),
    source,
    ...(row.undoneMs === undefined ? {} : { undone: new Date(row.undoneMs).toISOString() }),
  }
}

export function refusalOfProblem(problem: Problem): Refusal {
  const { title, titleZh, detail, detailZh } = problem.document
  const zh = detailZh ?? titleZh
  return { problem: problem.code, en: detail ?? title, ...(zh ? { zh } : {}) }
}

function spoiltByRow({ status, document }: Problem): boolean {
  return OF_THE_BATCH.includes(status) && !OF_EVERY_ROW.includes(document.field ?? '')
}

export interface Sending {
  readonly db: RecordDb
  readonly outgoing: Outgoing
  readonly client: Client
  readonly device: string
  readonly exclusive: Exclusive
  readonly clock: { nowMs: () => number; random: () => number }
  /** Called when anything on the device has changed. */
  readonly changed?: () => void
}

export class Sync {
  readonly waiting = signal<Waiting>(NOTHING)
  readonly lastMs = signal<number | null>(null)
  /** Why the last try failed, for whoever looks; null after one that worked. */
  readonly failure = signal<Problem | 'unreachable' | null>(null)
  private failures = 0
  private batch = BATCH
  private notBeforeMs = 0
  private running: Promise<void> | null = null

  constructor(private readonly of: Sending) {}

  /** Counts what waits. */
  async load(): Promise<void> {
    this.waiting.value = await this.of.outgoing.waiting()
    this.lastMs.value = (await fact<number>(this.of.db, LAST_SYNC)) ?? null
  }

  /** Notes one more sample without counting again. */
  added(sampledMs: number): void {
    const { samples, oldestMs } = this.waiting.value
    this.waiting.value = { ...this.waiting.value, samples: samples + 1, oldestMs: oldestMs ?? sampledMs }
  }

  /** Sends what waits, unless it is too early or another tab is at it. `now` is a press of the button: no pause holds it. */
  run(now = false): Promise<void> {
    if (!now && isPaused(this.notBeforeMs, this.of.clock.nowMs())) return Promise.resolve()
    this.running ??= this.drain().finally(() => {
      this.running = null
    })
    return this.running
  }

  private async drain(): Promise<void> {
    const { exclusive, clock, db } = this.of
    try {
      const ran = await exclusive.run(async (renew) => {
        await this.sendSamples(renew)
        await renew()
        await this.sendSeals()
        await renew()
        await this.sendErrands()
        await setFact(db, LAST_SYNC, clock.nowMs())
      })
      if (ran) {
        this.failures = 0
        this.notBeforeMs = 0
        this.failure.value = null
      }
    } catch (error) {
      this.failures += 1
      this.notBeforeMs = clock.nowMs() + pauseMs(this.failures, clock.random)
      this.failure.value = error instanceof Problem ? error : 'unreachable'
      if (!(error instanceof Problem)) this.batch = Math.max(SMALLEST_BATCH, Math.floor(this.batch / 4))
    }
    await this.load()
    this.of.changed?.()
  }

  private async sendSamples(renew: () => Promise<void>): Promise<void> {
    await this.of.outgoing.sendAheadAgain(this.of.clock.nowMs())
    for (;;) {
      const rows = await this.of.outgoing.nextSamples(this.batch)
      if (rows.length === 0) return
      await renew()
      await this.sendBatch(rows)
      this.batch = Math.min(BATCH, this.batch * 2)
      await this.load()
    }
  }

  /** A batch the server does not take is halved until the row that spoils it stands alone. */
  private async sendBatch(rows: readonly SampleRow[]): Promise<void> {
    const { client, outgoing, device, clock } = this.of
    const [first] = rows
    if (!first) return
    try {
      const body = { device, pointId: first.pointId, samples: rows.map(wireSample) }
      const { items } = await client.post<{ items: SampleOutcome[] }>('/v1/samples', body)
      await outgoing.settleSamples(rows, items, clock.nowMs())
    } catch (error) {
      if (!(error instanceof Problem) || !spoiltByRow(error)) throw error
      if (rows.length > 1) {
        const half = Math.ceil(rows.length / 2)
        await this.sendBatch(rows.slice(0, half))
        await this.sendBatch(rows.slice(half))
        return
      }
      const { problem, zh, en } = refusalOfProblem(error)
      const refused = { id: first.id, status: 'rejected', problem, detail: en ?? null, detailZh: zh ?? null } as const
      await outgoing.settleSamples(rows, [refused], clock.nowMs())
    }
  }

  private async sendSeals(): Promise<void> {
    const { client, outgoing } = this.of
    for (;;) {
      const rows = await outgoing.nextSeals(BATCH)
      if (rows.length === 0) return
      const tubes = rows.map(({ tube, sealedMs }) => ({ tube, sealed: new Date(sealedMs ?? 0).toISOString() }))
      const { items } = await client.post<{ items: SampleOutcome[] }>('/v1/tubes/seal', { tubes })
      await outgoing.settleSeals(rows, items)
    }
  }

  private async sendErrands(): Promise<void> {
    for (const { at, errand } of await this.of.outgoing.errands()) {
      if (!errand.refused) await this.sendErrand(at, errand)
    }
  }

  private async sendErrand(at: IDBValidKey, { path, body, key }: Errand): Promise<void> {
    const { client, outgoing } = this.of
    try {
      await client.send('POST', path, { body, idempotencyKey: key })
      await outgoing.endErrand(at)
    } catch (error) {
      if (!(error instanceof Problem) || !OF_THE_ERRAND.includes(error.status)) throw error
      await outgoing.markErrand(at, refusalOfProblem(error))
    }
  }
}
