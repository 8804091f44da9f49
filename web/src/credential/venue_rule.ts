/// What a venue asks for before it lets somebody in.
import { FormatError } from './bytes'

/** A venue's rule; the same JSON as in the Rust crate and the vectors. */
export interface VenueRule {
  /** Hours within which a negative test must lie, or null when no test is asked for. */
  readonly requireNegativeWithinH: number | null
  /** Which time of the test the hours count from. */
  readonly testReference: 'sampled' | 'reported'
  readonly yellow: 'refuse' | 'check-by-hand'
  /** Age in seconds from which a status list no longer decides. */
  readonly maxStatusAgeS: number
  /** `genuine`: a foreign proof only has to verify; `negative`: it has to be a fresh negative test. */
  readonly foreignProof: 'genuine' | 'negative'
}

/** The rule of the command line: no test needed. */
export const DEFAULT_RULE: VenueRule = {
  requireNegativeWithinH: null,
  testReference: 'sampled',
  yellow: 'refuse',
  maxStatusAgeS: 86_400,
  foreignProof: 'genuine',
}

/** The rule a gate starts with: a foreign proof stands in for a negative test. */
export const GATE_RULE: VenueRule = { ...DEFAULT_RULE, foreignProof: 'negative' }

const oneOf = <T extends string>(value: unknown, allowed: readonly T[], field: string): T => {
  const found = allowed.find((item) => item === value)
  if (found === undefined) throw new FormatError(`venue rule: ${field}`)
  return found
}

/** Reads a stored or received rule; missing members take their defaults, wrong ones throw. */
export function readVenueRule(json: unknown, defaults: VenueRule = DEFAULT_RULE): VenueRule {
  if (typeof json !== 'object' || json === null) throw new FormatError('venue rule: not an object')
  const rule = { ...defaults, ...(json as Partial<Record<keyof VenueRule, unknown>>) }
  const hours = rule.requireNegativeWithinH
  if (hours !== null && !(Number.isInteger(hours) && (hours as number) > 0)) {
    throw new FormatError('venue rule: requireNegativeWithinH')
  }
  if (!Number.isInteger(rule.maxStatusAgeS) || (rule.maxStatusAgeS as number) < 0) {
    throw new FormatError('venue rule: maxStatusAgeS')
  }
  return {
    requireNegativeWithinH: hours as number | null,
    testReference: oneOf(rule.testReference, ['sampled', 'reported'], 'testReference'),
    yellow: oneOf(rule.yellow, ['refuse', 'check-by-hand'], 'yellow'),
    maxStatusAgeS: rule.maxStatusAgeS as number,
    foreignProof: oneOf(rule.foreignProof, ['genuine', 'negative'], 'foreignProof'),
  }
}
