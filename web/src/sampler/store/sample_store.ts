/// Tubes and the people in them, on this device. Every change is on the disk before it is told.
import { forget, type Label, type SampledPerson, type SampleRow, type TubeRow } from './rows'
import { answerOf, type RecordDb } from './record_db'

/** A person about to be bound. */
export interface NewBinding {
  readonly id: string
  readonly tube: string
  readonly round: string
  readonly source: SampleRow['source']
  readonly key: string
  readonly likely?: string
  readonly person: SampledPerson
  readonly label: Label
  readonly atMs: number
}

/** Why a change was not made. */
export type StoreRefusal = 'no-tube' | 'tube-sealed' | 'tube-full' | 'in-this-tube' | 'seal-sent' | 'empty'
export class Refused extends Error {
  constructor(readonly why: StoreRefusal) {
    super(why)
  }
}

/** What this device knows about a person in a round. */
export interface Known {
  /** The live sample of the same code or document. */
  readonly same: SampleRow | null
  /** A live sample with the same masked name and document tail. */
  readonly maybe: SampleRow | null
}

const live = (row: SampleRow) => row.undoneMs === undefined

async function tubeOf(tubes: IDBObjectStore, tube: string): Promise<TubeRow> {
  const row = await answerOf<TubeRow | undefined>(tubes.get(tube))
  if (!row) throw new Refused('no-tube')
  return row
}

export class SampleStore {
  constructor(private readonly db: RecordDb) {}

  tube(tube: string): Promise<TubeRow | undefined> {
    return this.db.read(['tubes'], (store) => answerOf(store('tubes').get(tube)))
  }

  /** Open tubes, the latest last. */
  async openTubes(): Promise<TubeRow[]> {
    const rows = await this.db.read(['tubes'], (store) => answerOf<TubeRow[]>(store('tubes').index('open').getAll(1)))
    return rows.sort((a, b) => a.openedMs - b.openedMs)
  }

  /** The latest tubes first, at most `limit`. */
  latestTubes(limit: number): Promise<TubeRow[]> {
    return this.db.read(['tubes'], (store) => {
      const found: TubeRow[] = []
      const request = store('tubes').index('openedMs').openCursor(null, 'prev')
      return new Promise((resolve, reject) => {
        request.onerror = () => reject(request.error)
        request.onsuccess = () => {
          const cursor = request.result
          if (!cursor || found.length === limit) return resolve(found)
          found.push(cursor.value as TubeRow)
          cursor.continue()
        }
      })
    })
  }

  /** Everybody in a tube, undone ones too, in the order of sampling. */
  async people(tube: string): Promise<SampleRow[]> {
    const rows = await this.db.read(['samples'], (store) =>
      answerOf<SampleRow[]>(store('samples').index('tube').getAll(tube)),
    )
    return rows.sort((a, b) => a.sampledMs - b.sampledMs)
  }

  /** Looks a person up by two indexes; reads no other sample. */
  known(round: string, key: string, likely: string | undefined): Promise<Known> {
    return this.db.read(['samples'], async (store) => {
      const samples = store('samples')
      const [same, maybe] = await Promise.all([
        answerOf<SampleRow[]>(samples.index('person').getAll([round, key])),
        likely === undefined ? [] : answerOf<SampleRow[]>(samples.index('likely').getAll([round, likely])),
      ])
      return { same: same.find(live) ?? null, maybe: maybe.find((row) => live(row) && row.key !== key) ?? null }
    })
  }

  /** Opens a tube that this device has not had; the row as it is then. */
  openTube(row: TubeRow): Promise<TubeRow> {
    return this.db.write(['tubes'], async (store) => {
      await answerOf(store('tubes').add({ ...row, open: 1 }))
      return { ...row, open: 1 }
    })
  }

  /** Takes a tube without people off the table: one nobody was ever in is forgotten, one with a trace is put away. */
  dropEmpty(tube: string): Promise<void> {
    return this.db.write(['tubes', 'samples'], async (store) => {
      const row = await answerOf<TubeRow | undefined>(store('tubes').get(tube))
      if (!row?.open || row.people > 0) return
      const undone = await answerOf<SampleRow[]>(store('samples').index('tube').getAll(tube))
      if (undone.length === 0) return void (await answerOf(store('tubes').delete(tube)))
      delete row.open
      await answerOf(store('tubes').put(row))
      for (const sample of undone) {
        if (sample.ackMs === undefined) continue
        forget(sample, row)
        await answerOf(store('samples').put(sample))
      }
    })
  }

  /** Binds a person; what another tab has done meanwhile counts. */
  bind(binding: NewBinding): Promise<{ tube: TubeRow; sample: SampleRow }> {
    const { atMs, ...given } = binding
    return this.db.write(['tubes', 'samples'], async (store) => {
      const [tubes, samples] = [store('tubes'), store('samples')]
      const tube = await tubeOf(tubes, binding.tube)
      if (!tube.open) throw new Refused('tube-sealed')
      const same = await answerOf<SampleRow[]>(samples.index('person').getAll([binding.round, binding.key]))
      if (same.some((row) => live(row) && row.tube === binding.tube)) throw new Refused('in-this-tube')
      if (tube.people >= tube.size) throw new Refused('tube-full')
      const { size, household, campaign, pointId } = tube
      const sample: SampleRow = { ...given, size, household, campaign, pointId, sampledMs: atMs, queue: atMs }
      const changed = { ...tube, people: tube.people + 1 }
      await Promise.all([answerOf(samples.add(sample)), answerOf(tubes.put(changed))])
      return { tube: changed, sample }
    })
  }

  /**
   * Takes a binding back; the row stays, struck through. One the server has is undone there by an errand, for its
   * personal data are no longer here.
   */
  undo(id: string, atMs: number, errand: (row: SampleRow) => unknown): Promise<SampleRow> {
    return this.db.write(['tubes', 'samples', 'errands'], async (store) => {
      const [tubes, samples] = [store('tubes'), store('samples')]
      const row = await answerOf<SampleRow>(samples.get(id))
      if (row.undoneMs !== undefined) return row
      row.undoneMs = atMs
      const tube = await answerOf<TubeRow | undefined>(tubes.get(row.tube))
      const kept = { ...row }
      if (row.refused) {
        // The server never had it, and nobody is to mend it any more.
        delete kept.refusedMs
        kept.ackMs = atMs
        forget(kept, tube)
      } else if (row.ackMs !== undefined) await answerOf(store('errands').add(errand(row)))
      await answerOf(samples.put(kept))
      if (tube) await answerOf(tubes.put({ ...tube, people: Math.max(0, tube.people - 1) }))
      return row
    })
  }

  /** Seals a tube. */
  seal(tube: string, atMs: number): Promise<TubeRow> {
    return this.db.write(['tubes'], async (store) => {
      const row = await tubeOf(store('tubes'), tube)
      if (!row.open) return row
      if (row.people === 0) throw new Refused('empty')
      delete row.open
      Object.assign(row, { sealedMs: atMs, sealQueue: atMs, loose: atMs })
      await answerOf(store('tubes').put(row))
      return row
    })
  }

  /** Opens a sealed tube again, for as long as the server can't have heard of the seal; or one that was put away. */
  reopen(tube: string): Promise<TubeRow> {
    return this.db.write(['tubes'], async (store) => {
      const row = await tubeOf(store('tubes'), tube)
      if (row.open) return row
      if (row.sealSent || row.box !== undefined) throw new Refused('seal-sent')
      for (const gone of ['sealedMs', 'sealQueue', 'loose', 'sealRefused'] as const) delete row[gone]
      row.open = 1
      await answerOf(store('tubes').put(row))
      return row
    })
  }
}
