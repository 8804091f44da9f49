/// The four faces of the verdict screen. "Cannot check" is not "invalid": the first is about us, the second about the code.
import type { Reason, Verdict } from '../credential/verdict'

export type Face = 'allow' | 'refuse' | 'by-hand' | 'cannot-check'

/** Reasons that say what this gate lacks: nothing is known against the person. */
const ABOUT_US: ReadonlySet<Reason> = new Set([
  'unsupported',
  'unknown-key',
  'status-list-wrong-city',
  'status-list-stale',
  'status-list-missing',
] as const)

/** The face for a verdict. */
export function faceOf(verdict: Pick<Verdict, 'outcome' | 'reasons'>): Face {
  if (verdict.outcome === 'allow') return 'allow'
  if (verdict.outcome === 'refuse') return 'refuse'
  const [worst] = verdict.reasons
  return worst && ABOUT_US.has(worst) ? 'cannot-check' : 'by-hand'
}
