/// What the table says about a person before the swab is bound: pure rules over what is known here and at the server.
import type { Colour, SampleCheck, TubeSize } from '../../api/types'
import type { Known } from '../store/sample_store'

/** `refuse`: not in this tube; `ask`: the sampler decides; `note`: said along with the success. */
export type Weight = 'refuse' | 'ask' | 'note'

/** Everything the table can say about a person, with its weight; the gravest first. */
export const WEIGHTS = {
  'in-this-tube': 'refuse',
  'tube-full': 'refuse',
  'needs-single': 'refuse',
  'name-needed': 'refuse',
  'unknown-code': 'refuse',
  'in-round': 'ask',
  'sampled-elsewhere': 'ask',
  'maybe-same': 'ask',
  'name-differs': 'ask',
  'check-paper': 'ask',
  'colour-red': 'ask',
  'check-relative': 'note',
  'colour-yellow': 'note',
  household: 'note',
  'not-asked': 'note',
} as const satisfies Record<string, Weight>
export type FindingCode = keyof typeof WEIGHTS

export interface Finding {
  readonly code: FindingCode
  readonly weight: Weight
  /** Where the person was found: tube and time. */
  readonly tube?: string
  readonly atMs?: number
  /** Masked name on file. */
  readonly name?: string
}

export interface Question {
  readonly tube: { readonly tube: string; readonly size: TubeSize; readonly people: number; readonly household: boolean }
  /** How the person came: a paper code wants the document, a relative's code a look. */
  readonly kind: 'device' | 'relative' | 'paper' | 'document'
  readonly colour: Colour | null
  /** Masked name given, empty if none was. */
  readonly name: string
  readonly known: Known
  /** The server's answer; null when it was not asked, or not in time. */
  readonly answer: SampleCheck | null
  /** There was a network, and yet no answer. */
  readonly unanswered: boolean
}

function ofServer({ kind, name, answer, tube, known }: Question): Finding[] {
  if (!answer) return []
  const found: Finding[] = []
  const add = (code: FindingCode, more: Partial<Finding> = {}) => found.push({ code, weight: WEIGHTS[code], ...more })
  if (!answer.known) {
    if (kind !== 'document') add('unknown-code')
    else if (!name) add('name-needed')
    return found
  }
  if (answer.needsSingle && tube.size > 1) add('needs-single')
  // A person of a pooled positive has a sample of the round, and is asked for another.
  if (answer.standing === 'sampled' && !answer.needsSingle && !known.same) add('sampled-elsewhere')
  if (kind === 'document' && name && answer.name && answer.name !== name) add('name-differs', { name: answer.name })
  return found
}

function ofDevice({ tube, known, answer }: Question): Finding[] {
  const { same, maybe } = known
  const at = (row: NonNullable<typeof same>) => ({ tube: row.tube, atMs: row.sampledMs })
  if (same?.tube === tube.tube) return [{ code: 'in-this-tube', weight: 'refuse', ...at(same) }]
  if (same && !answer?.needsSingle) return [{ code: 'in-round', weight: 'ask', ...at(same) }]
  return maybe ? [{ code: 'maybe-same', weight: 'ask', ...at(maybe) }] : []
}

/** Everything to be said, the gravest first. */
export function judge(question: Question): Finding[] {
  const { tube, kind, colour, unanswered } = question
  const found = [...ofDevice(question), ...ofServer(question)]
  const add = (code: FindingCode) => found.push({ code, weight: WEIGHTS[code] })
  if (tube.people >= tube.size) add('tube-full')
  if (kind === 'paper') add('check-paper')
  if (kind === 'relative') add('check-relative')
  const shown = question.answer?.colour ?? colour
  if (shown === 'red' && tube.size > 1) add('colour-red')
  if (shown === 'yellow') add('colour-yellow')
  if (tube.household && tube.people > 0) add('household')
  if (unanswered) add('not-asked')
  const order = Object.keys(WEIGHTS)
  return found.sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code))
}

/** The gravest weight, or null if there is nothing to say. */
export function gravest(findings: readonly Finding[]): Weight | null {
  return (['refuse', 'ask', 'note'] as const).find((weight) => findings.some((finding) => finding.weight === weight)) ?? null
}
