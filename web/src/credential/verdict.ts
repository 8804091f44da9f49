/// The verdict at a gate; the same JSON as the Rust crate, the command line and the vectors.
import type { Colour, CredentialKind, TestClaim, VaccineClaim } from './claims'

export type Outcome = 'allow' | 'refuse' | 'check-by-hand'

/** Every reason, the most severe first: the order in which a verdict lists them. */
export const REASONS = [
  'malformed',
  'unsupported',
  'bad-signature',
  'unknown-key',
  'wrong-key-usage',
  'wrong-issuer',
  'expired',
  'not-yet-valid',
  'bad-device-proof',
  'stale-presentation',
  'clock-skew',
  'presentation-missing',
  'void',
  'colour-red',
  'test-positive',
  'colour-yellow',
  'test-missing',
  'test-too-old',
  'not-a-test',
  'status-list-wrong-city',
  'status-list-stale',
  'status-list-missing',
  'code-needed',
  'check-document',
] as const
export type Reason = (typeof REASONS)[number]

/** Judgement of one proof, with the age of everything that was used for it. Seconds throughout. */
export interface Verdict {
  outcome: Outcome
  /** Stable kebab codes, the most severe first; empty for a plain allow. */
  reasons: Reason[]
  /** Null when void or not known. */
  colour: Colour | null
  colourSource: 'status-list' | 'credential' | null
  kind: CredentialKind | 'dcc' | null
  /** Masked name; of a foreign certificate the full one. */
  name: string | null
  documentTail: string | null
  /** Division code of the city, or the country of a foreign certificate. */
  issuer: string | null
  test: TestClaim | null
  vaccine: VaccineClaim | null
  ages: {
    presentationS: number | null
    credentialS: number | null
    statusListS: number | null
    keysS: number | null
  }
  /** Base64url of the credential's subject: the pseudonym that a check-in carries. */
  subject: string | null
}

/** How far the clocks of phone, gate and city may disagree, seconds. */
export const SKEW_S = 30

const SEVERITY: Record<Outcome, number> = { allow: 0, 'check-by-hand': 1, refuse: 2 }

/** A verdict that allows and says nothing yet. */
export function openVerdict(): Verdict {
  return {
    outcome: 'allow',
    reasons: [],
    colour: null,
    colourSource: null,
    kind: null,
    name: null,
    documentTail: null,
    issuer: null,
    test: null,
    vaccine: null,
    ages: { presentationS: null, credentialS: null, statusListS: null, keysS: null },
    subject: null,
  }
}

/** Adds a finding: the outcome only gets more severe, the reasons stay sorted and unique. */
export function find(verdict: Verdict, outcome: Outcome, reason: Reason): void {
  if (SEVERITY[outcome] > SEVERITY[verdict.outcome]) verdict.outcome = outcome
  if (verdict.reasons.includes(reason)) return
  verdict.reasons.push(reason)
  verdict.reasons.sort((a, b) => REASONS.indexOf(a) - REASONS.indexOf(b))
}

/** A verdict with one reason and nothing about anybody. */
export function verdictOnly(outcome: Outcome, reason: Reason): Verdict {
  return { ...openVerdict(), outcome, reasons: [reason] }
}
