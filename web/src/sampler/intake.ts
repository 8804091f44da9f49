/// Taking one person in: judged by what is known here and at the server, then bound on the disk, or not.
import { cityDate } from '../i18n/time'
import type { Mood } from './alarm'
import type { Candidate } from './candidate'
import type { Asked, Elsewhere } from './elsewhere'
import { type Finding, gravest, judge, WEIGHTS } from './rules/findings'
import type { Shown } from './shown'
import type { Hasher } from './store/facts'
import { roundOf, type SampleRow, type TubeRow } from './store/rows'
import { Refused, type SampleStore } from './store/sample_store'

/** A code held a moment longer, or drawn anew, is the same person standing there. */
export const STILL_THERE_MS = 20_000

export interface IntakeOf {
  readonly store: SampleStore
  readonly hash: Hasher
  readonly elsewhere: Elsewhere
  readonly nowMs: () => number
}

/** What came of it: something to say, a name to ask for, or a person who has not walked on yet. */
export type Came = { readonly shown: Shown; readonly mood: Mood } | 'name-needed' | 'still-there'

function withName(candidate: Candidate, name: string): Candidate {
  return { ...candidate, label: { ...candidate.label, name } }
}

function refused(candidate: Candidate, findings: readonly Finding[]): Came {
  return { shown: { kind: 'person', candidate, findings, final: true }, mood: 'refuse' }
}

export class Intake {
  constructor(private readonly of: IntakeOf) {}

  /** Judges a person and binds them if there is nothing to decide. `earlier` is an answer that is here already. */
  async offer(candidate: Candidate, tube: TubeRow, people: readonly SampleRow[], earlier?: Asked): Promise<Came> {
    if (await this.stillStands(candidate, tube, people)) return 'still-there'
    const { answer, unanswered } = earlier ?? (await this.of.elsewhere.ask(candidate.person, tube.campaign))
    const named = candidate.label.name || !answer?.name ? candidate : withName(candidate, answer.name)
    const { round, key, likely } = await this.hashes(named, tube)
    const known = await this.of.store.known(round, key, likely)
    const { kind, colour, label } = candidate
    const findings = judge({ tube, kind, colour, name: label.name, known, answer, unanswered })
    if (findings[0]?.code === 'name-needed') return 'name-needed'
    const weight = gravest(findings)
    if (weight === 'refuse') return refused(named, findings)
    if (weight === 'ask') return { shown: { kind: 'person', candidate: named, findings, final: false }, mood: 'ask' }
    return this.bind(named, tube, findings)
  }

  /** Binds a person; `notes` is said along with it. */
  async bind(candidate: Candidate, tube: TubeRow, notes: readonly Finding[]): Promise<Came> {
    const { key, likely, round } = await this.hashes(candidate, tube)
    const { person, source, label } = candidate
    const binding = { id: crypto.randomUUID(), tube: tube.tube, round, source, key, person, label, atMs: this.of.nowMs() }
    try {
      const bound = await this.of.store.bind(likely === undefined ? binding : { ...binding, likely })
      const full = bound.tube.people >= bound.tube.size
      return { shown: { kind: 'bound', ...bound, notes }, mood: full ? 'sealed' : 'done' }
    } catch (error) {
      if (!(error instanceof Refused) || (error.why !== 'tube-full' && error.why !== 'in-this-tube')) throw error
      // Another tab was faster.
      return refused(candidate, [{ code: error.why, weight: WEIGHTS[error.why] }])
    }
  }

  /** The code of the person bound last, drawn anew while they put the phone away. */
  private async stillStands(candidate: Candidate, tube: TubeRow, people: readonly SampleRow[]): Promise<boolean> {
    const newest = people.filter((row) => row.undoneMs === undefined).at(-1)
    if (!newest || this.of.nowMs() - newest.sampledMs >= STILL_THERE_MS) return false
    return newest.tube === tube.tube && newest.key === (await this.hashes(candidate, tube)).key
  }

  private async hashes({ keyText, label: { name, tail } }: Candidate, { campaign }: TubeRow) {
    const round = roundOf(campaign, cityDate(this.of.nowMs()))
    const key = await this.of.hash(keyText)
    return { round, key, likely: name && tail ? await this.of.hash(`likely ${name} ${tail}`) : undefined }
  }
}
