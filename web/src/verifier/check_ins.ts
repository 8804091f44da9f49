/// Check-ins wait on the device until the server has recorded them: none is lost, none is counted twice.
import { signal } from '@preact/signals-core'
import type { Client } from '../api/client'
import { isPaused, pauseMs } from '../api/pause'
import { Problem } from '../api/problem'
import type { Outcome } from '../credential/verdict'
import type { Database } from '../offline/database'

/** One scan at one venue; `id` makes sending it again harmless. */
export interface CheckIn {
  readonly id: string
  readonly venueId: number
  /** RFC 3339. */
  readonly at: string
  /** Base64url of the credential's subject, 16 bytes. */
  readonly subject: string
  readonly outcome: Outcome
}
/** A check-in the server will not take, kept until somebody has read why. */
export interface RejectedCheckIn extends CheckIn {
  readonly problem: string
}

interface RowAnswer {
  readonly id: string
  readonly status: 'recorded' | 'duplicate' | 'rejected'
  /** A stable word. */
  readonly problem?: string
  /** A sentence, where one field is to blame. */
  readonly detail?: string
}

export const BATCH = 100

/** The queue and its two counters. One sync runs at a time, however many ask for it. */
export class CheckInQueue {
  /** Check-ins not yet recorded by the server. */
  readonly waiting = signal(0)
  /** Check-ins the server refused. */
  readonly rejected = signal<readonly RejectedCheckIn[]>([])
  private failures = 0
  private notBeforeMs = 0
  private running: Promise<void> | null = null

  constructor(
    private readonly db: Database,
    private readonly client: Client,
    private readonly clock: { nowMs: () => number; random: () => number },
  ) {}

  /** Counts what an earlier session left. */
  async load(): Promise<void> {
    this.waiting.value = (await this.db.entries('check-ins')).length
    this.rejected.value = (await this.db.entries<RejectedCheckIn>('rejected')).map(([, row]) => row)
  }

  /** Resolves when the check-in is on disk. */
  async add(checkIn: CheckIn): Promise<void> {
    // The time first, so that the oldest is sent first.
    await this.db.put('check-ins', `${checkIn.at} ${checkIn.id}`, checkIn)
    this.waiting.value += 1
  }

  /** Sends what waits, oldest first; gives up quietly at the first failure and pauses before the next try. */
  sync(): Promise<void> {
    if (isPaused(this.notBeforeMs, this.clock.nowMs())) return Promise.resolve()
    this.running ??= this.drain().finally(() => {
      this.running = null
    })
    return this.running
  }

  /** Forgets a rejected check-in that somebody has read. */
  async dismiss(id: string): Promise<void> {
    await this.db.delete('rejected', id)
    this.rejected.value = this.rejected.value.filter((row) => row.id !== id)
  }

  private async drain(): Promise<void> {
    for (;;) {
      const rows = await this.db.entries<CheckIn>('check-ins', BATCH)
      if (rows.length === 0) break
      try {
        await this.send(rows)
        this.failures = 0
      } catch {
        this.failures += 1
        this.notBeforeMs = this.clock.nowMs() + pauseMs(this.failures, this.clock.random)
        break
      }
    }
    await this.load()
  }

  /** Sends the rows of the first row's venue; rows of another venue come in the next turn. */
  private async send(rows: [IDBValidKey, CheckIn][]): Promise<void> {
    const venueId = rows[0]?.[1].venueId ?? 0
    const batch = rows.filter(([, row]) => row.venueId === venueId)
    const checkIns = batch.map(([, { id, at, subject, outcome }]) => ({ id, at, subject, outcome }))
    try {
      const answer = await this.client.post<{ items: RowAnswer[] }>('/v1/check-ins', { venueId, checkIns })
      await this.settle(batch, answer.items)
    } catch (error) {
      if (!(error instanceof Problem) || ![400, 413, 422].includes(error.status)) throw error
      // The server does not take the batch as a whole: find the row that spoils it by sending each alone.
      if (batch.length > 1) for (const row of batch) await this.send([row])
      else await this.settle(batch, [{ id: checkIns[0]?.id ?? '', status: 'rejected', problem: error.text }])
    }
  }

  private async settle(batch: [IDBValidKey, CheckIn][], answers: RowAnswer[]): Promise<void> {
    for (const [key, row] of batch) {
      const answer = answers.find((item) => item.id === row.id)
      // A row the server does not mention stays in the queue.
      if (!answer) throw new Error('incomplete answer')
      // First kept, then removed: a crash between the two leaves a duplicate, never a loss.
      if (answer.status === 'rejected') {
        await this.db.put('rejected', row.id, { ...row, problem: answer.detail ?? answer.problem ?? 'rejected' })
      }
      await this.db.delete('check-ins', key)
    }
  }
}
