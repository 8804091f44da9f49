/// Boxes of sealed tubes, and requests that wait to be sent: packing, handing over, the queue's length.
import type { BoxRow, Errand, TubeRow } from './rows'
import { answerOf, type RecordDb } from './record_db'

export class BoxTaken extends Error {}

export class BoxStore {
  constructor(private readonly db: RecordDb) {}

  /** Sealed tubes in no box, the oldest first. */
  loose(): Promise<TubeRow[]> {
    return this.db.read(['tubes'], (store) => answerOf<TubeRow[]>(store('tubes').index('loose').getAll()))
  }

  box(box: string): Promise<BoxRow | undefined> {
    return this.db.read(['boxes'], (store) => answerOf(store('boxes').get(box)))
  }

  /** Boxes packed here, the latest first. */
  async boxes(): Promise<BoxRow[]> {
    const rows = await this.db.read(['boxes'], (store) => answerOf<BoxRow[]>(store('boxes').index('packedMs').getAll()))
    return rows.reverse()
  }

  /** Packs tubes into a box, new or still here; the errand goes with it. A box that was handed over is gone. */
  pack(row: BoxRow, errand: Errand): Promise<void> {
    return this.db.write(['tubes', 'boxes', 'errands'], async (store) => {
      const before = await answerOf<BoxRow | undefined>(store('boxes').get(row.box))
      if (before?.handedMs !== undefined) throw new BoxTaken(row.box)
      for (const tube of row.tubes) {
        const held = await answerOf<TubeRow | undefined>(store('tubes').get(tube))
        if (!held) continue
        delete held.loose
        held.box = row.box
        await answerOf(store('tubes').put(held))
      }
      await answerOf(store('boxes').put(before ? { ...before, tubes: [...before.tubes, ...row.tubes] } : row))
      await answerOf(store('errands').add(errand))
    })
  }

  /** Notes who took the box. */
  handOver(box: string, courier: string, atMs: number, errand: Errand): Promise<void> {
    return this.db.write(['boxes', 'errands'], async (store) => {
      const row = await answerOf<BoxRow | undefined>(store('boxes').get(box))
      if (row) await answerOf(store('boxes').put({ ...row, courier, handedMs: atMs }))
      await answerOf(store('errands').add(errand))
    })
  }

  /** Adds an errand; one of a kind of which only the latest counts replaces those before it. */
  errand(errand: Errand, onlyLatest = false): Promise<void> {
    return this.db.write(['errands'], async (store) => {
      const errands = store('errands')
      if (onlyLatest) {
        const [keys, rows] = await Promise.all([answerOf(errands.getAllKeys()), answerOf<Errand[]>(errands.getAll())])
        for (const [i, row] of rows.entries()) if (row.path === errand.path) errands.delete(keys[i] as IDBValidKey)
      }
      await answerOf(errands.add(errand))
    })
  }
}
