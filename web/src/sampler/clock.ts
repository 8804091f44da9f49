/// The time at the table: the device's clock, put right by what the server's was when it answered last.

/** Below this the measurement is not better than the clock. */
const RIGHT_MS = 20_000
/** The device's clock and its monotonic one part by more than this only when somebody sets the clock, or it slept. */
const CHANGED_MS = 2_000

export interface Clocks {
  /** Wall clock, in ms since 1970. */
  readonly nowMs: () => number
  /** A clock that nobody can set, in ms since anything. */
  readonly steadyMs: () => number
}

export class TableClock {
  private learned: { readonly offsetMs: number; readonly partedMs: number } | null = null

  constructor(private readonly clocks: Clocks) {}

  /** `offsetMs`: the server's clock minus this one, measured just now. */
  learn(offsetMs: number): void {
    this.learned = { offsetMs, partedMs: this.partedMs() }
  }

  /** Now. A clock that is right, or was set since the server was asked, is taken as it is. */
  nowMs(): number {
    const { nowMs } = this.clocks
    if (!this.learned || Math.abs(this.learned.offsetMs) <= RIGHT_MS) return nowMs()
    const wasSet = Math.abs(this.partedMs() - this.learned.partedMs) > CHANGED_MS
    return wasSet ? nowMs() : nowMs() + this.learned.offsetMs
  }

  private partedMs(): number {
    return this.clocks.nowMs() - this.clocks.steadyMs()
  }
}
