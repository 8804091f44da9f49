/// Packing sealed tubes, handing boxes over, telling how many wait: written here first, sent when there is a network.
import { signal } from '@preact/signals-core'
import { type BarcodeError, readBarcode } from '../ui/barcode'
import type { Settings } from './settings'
import { type BoxStore, BoxTaken } from './store/box_store'
import type { BoxRow, Errand, TubeRow } from './store/rows'

/** Why a box was not packed. */
export type BoxError = BarcodeError | 'box-used' | 'no-tubes' | 'no-point' | 'no-courier'

export class Boxes {
  /** People waiting, as this device told it last. */
  readonly told = signal<{ waiting: number; atMs: number } | null>(null)

  constructor(
    private readonly store: BoxStore,
    private readonly settings: Settings,
    private readonly nowMs: () => number,
    private readonly changed: () => void,
  ) {}

  /** Sealed tubes in no box, the oldest first. */
  loose(): Promise<TubeRow[]> {
    return this.store.loose()
  }

  list(): Promise<BoxRow[]> {
    return this.store.boxes()
  }

  /** Packs tubes; null when it is on the disk. */
  async pack(text: string, tubes: readonly string[]): Promise<BoxError | null> {
    const read = readBarcode(text)
    if ('error' in read) return read.error
    const pointId = this.settings.setup.value.point?.id
    if (pointId === undefined) return 'no-point'
    if (tubes.length === 0) return 'no-tubes'
    const row = { box: read.barcode, pointId, tubes, packedMs: this.nowMs() }
    try {
      await this.store.pack(row, this.errand('box', '/v1/boxes', { box: row.box, pointId, tubes }, row.box))
    } catch (error) {
      if (error instanceof BoxTaken) return 'box-used'
      throw error
    }
    this.changed()
    return null
  }

  /** Notes who took the box away. */
  async handOver(box: string, courier: string): Promise<BoxError | null> {
    const name = courier.trim()
    if (!name) return 'no-courier'
    const path = `/v1/boxes/${encodeURIComponent(box)}/hand-over`
    await this.store.handOver(box, name, this.nowMs(), this.errand('hand-over', path, { courier: name }, `${box} ${name}`))
    this.changed()
    return null
  }

  /** Tells how many people wait at the point; only the latest number is sent. */
  async tell(waiting: number): Promise<void> {
    const point = this.settings.setup.value.point
    if (!point) return
    const errand = this.errand('queue', `/v1/sampling-points/${point.id}/queue`, { waiting }, String(waiting))
    await this.store.errand(errand, true)
    this.told.value = { waiting, atMs: errand.atMs }
    this.changed()
  }

  private errand(kind: Errand['kind'], path: string, body: unknown, about: string): Errand {
    return { kind, path, body, atMs: this.nowMs(), key: crypto.randomUUID(), about }
  }
}
