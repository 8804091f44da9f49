/// Polls the room's figures: as rarely as the server's budget asks, not at all for long while nobody looks.
import type { RoomFigures } from '../../api/types'
import { nextPollMs } from './place'

/** A page that nobody looks at stops asking after this time, unless it has promised to remind. */
export const HIDDEN_MS = 5 * 60_000
const LONGEST_PAUSE_MS = 60_000
const FIRST_FAILURE_MS = 2_000

export interface Surroundings {
  /** Asks for figures and takes them; rejects if there are none. */
  poll: () => Promise<void>
  /** What is known now, with the place; null once there is nothing to wait for. */
  known: () => { ahead: number; figures: RoomFigures; readAtMs: number } | null
  isHidden: () => boolean
  /** The person wants to be told while the page is hidden. */
  isReminding: () => boolean
  nowMs: () => number
  random: () => number
  /** Calls back once after a time; answers how to cancel it. */
  later: (callBack: () => void, ms: number) => () => void
}

export class RoomWatch {
  private failures = 0
  private cancel: (() => void) | null = null
  private asking = false
  private hiddenSinceMs: number | null = null

  constructor(private readonly around: Surroundings) {}

  /** Plans the next poll anew: after figures that this or another tab has read. */
  plan(): void {
    this.cancel?.()
    this.cancel = null
    const known = this.around.known()
    if (!known || this.asking || this.isAsleep()) return
    const due = known.readAtMs + this.pauseMs(known) - this.around.nowMs()
    this.cancel = this.around.later(() => void this.ask(), Math.max(0, due))
  }

  /** The page was hidden or shown. What became due meanwhile is asked for at once. */
  seen(): void {
    this.hiddenSinceMs = this.around.isHidden() ? (this.hiddenSinceMs ?? this.around.nowMs()) : null
    this.plan()
  }

  private isAsleep(): boolean {
    if (this.hiddenSinceMs === null || this.around.isReminding()) return false
    return this.around.nowMs() - this.hiddenSinceMs > HIDDEN_MS
  }

  private pauseMs({ ahead, figures, readAtMs }: { ahead: number; figures: RoomFigures; readAtMs: number }): number {
    const { nowMs, random } = this.around
    const regular = nextPollMs(ahead, figures, random)
    if (this.failures === 0) return regular
    // Counted from now: the last figures may be long ago.
    const patience = FIRST_FAILURE_MS * 2 ** this.failures * (0.5 + random())
    return nowMs() - readAtMs + Math.min(LONGEST_PAUSE_MS, Math.max(regular, patience))
  }

  private async ask(): Promise<void> {
    if (this.asking || this.isAsleep()) return
    this.asking = true
    try {
      await this.around.poll()
      this.failures = 0
    } catch {
      this.failures += 1
    }
    this.asking = false
    this.plan()
  }
}
