/// What a person has put into the form of a declaration, what is still wrong with it, and the request it becomes.
import type { DeclarationKind, EvidenceInput, ScheduleItem } from '../../api/resident'
import { decodeBase45 } from '../../credential/base45'
import { FormatError, UnsupportedError } from '../../credential/bytes'
import { recognise } from '../../credential/qr_text'
import { byRound, type Turn, turnOf } from '../schedule/round'
import type { DeclareKey } from '../text/declare'

export const SELF = 'self'
/** No particular round. */
export const NO_ROUND = ''
/** Several rounds are on, and none has been chosen yet. */
export const UNCHOSEN = '?'

export const KINDS: readonly DeclarationKind[] = ['vaccinated', 'outside-city', 'at-work']

/** Ways to prove it. */
export type EvidenceChoice = 'none' | 'eu-dcc' | 'upload'

export interface Draft {
  whose: string
  /** Number of a round as text. */
  round: string
  /** Null until the person has chosen: what is declared is never a default. */
  kind: DeclarationKind | null
  evidence: EvidenceChoice
  /** When the own test was sampled, in city time: `2022-01-05T10:00`. */
  sampled: string
  /** Text of a certificate. */
  text: string
  upload: { mediaType: string; data: string; name: string; bytes: number } | null
}

export const EMPTY: Draft = {
  ...{ whose: SELF, round: NO_ROUND, kind: null, evidence: 'none', sampled: '', text: '', upload: null },
}

/** In this order rounds are offered. */
const TURNS: readonly Turn['kind'][] = ['open', 'from', 'over']

/**
 * Rounds that can still be declared for by or for `whose`: those on now, then those to come, then those whose time is over.
 * The schedule has no closed or withdrawn ones, and says of a closing whether it takes any.
 */
export function roundsFor(whose: string, items: readonly ScheduleItem[], nowMs: number): ScheduleItem[] {
  const theirs = items.filter(({ person }) => (whose === SELF ? !person.relation : person.personId === whose))
  const kind = ({ windows }: ScheduleItem) => turnOf(windows, nowMs).kind
  const still = byRound(theirs)
    .map(([item]) => item)
    .filter(({ standing, state, declarable }) => standing !== 'not-included' && (declarable ?? state !== 'closing'))
  return TURNS.flatMap((turn) => still.filter((item) => kind(item) === turn))
}

/** The round of a draft: the one chosen while it can be, else the only one there is, also when the schedule is read late. */
export function roundOf(chosen: string | undefined, rounds: readonly ScheduleItem[]): string {
  if (chosen === NO_ROUND || rounds.some(({ number }) => String(number) === chosen)) return chosen ?? NO_ROUND
  if (rounds.length > 1) return UNCHOSEN
  return rounds[0] ? String(rounds[0].number) : NO_ROUND
}

/** What can prove a kind, the best first. */
export function choicesFor(kind: DeclarationKind | null): readonly EvidenceChoice[] {
  if (kind === 'outside-city') return ['eu-dcc', 'upload', 'none']
  return kind === 'vaccinated' ? ['none', 'upload'] : ['none']
}

/** A certificate's text as people paste it: with line breaks in between, which no certificate has. */
export function canonicalCertificate(text: string): string {
  return text.replace(/[\r\n\t]+/g, '').trimStart()
}

/** Why a text cannot be a certificate; null if nothing is known to be wrong. The server checks the signature. */
export function certificateError(text: string): DeclareKey | null {
  const canonical = canonicalCertificate(text)
  if (!canonical) return 'textMissing'
  try {
    const { format, encoded } = recognise(canonical)
    if (format !== 'dcc') return 'textOwnCode'
    decodeBase45(encoded)
    return null
  } catch (error) {
    if (error instanceof UnsupportedError) return 'textVersion'
    if (error instanceof FormatError) return canonical.startsWith('HC1:') ? 'textCut' : 'textForeign'
    throw error
  }
}

/** Whether the time of the test has to be typed: a certificate tells it itself. */
export function asksSampled({ kind, evidence }: Draft): boolean {
  return kind === 'outside-city' && evidence !== 'eu-dcc'
}

/** Milliseconds of a time typed in city time; NaN if it is none. */
export function cityMs(typed: string): number {
  return Date.parse(`${typed}:00+08:00`)
}

/** Early errors by request field; empty if the form may be sent. */
export function errorsOf(draft: Draft, nowMs: number): Record<string, DeclareKey> {
  const errors: Record<string, DeclareKey> = {}
  if (draft.round === UNCHOSEN) errors.campaign = 'roundMissing'
  if (!draft.kind) errors.kind = 'kindMissing'
  if (asksSampled(draft)) {
    const sampledMs = cityMs(draft.sampled)
    if (Number.isNaN(sampledMs)) errors.sampled = 'sampledMissing'
    else if (sampledMs > nowMs) errors.sampled = 'sampledFuture'
  }
  if (draft.evidence === 'eu-dcc') {
    const wrong = certificateError(draft.text)
    if (wrong) errors['evidence.text'] = wrong
  }
  if (draft.evidence === 'upload' && !draft.upload) errors['evidence.data'] = 'uploadMissing'
  return errors
}

function evidenceOf({ evidence, text, upload }: Draft): EvidenceInput {
  if (evidence === 'eu-dcc') return { kind: 'eu-dcc', text: canonicalCertificate(text) }
  if (evidence === 'upload' && upload) return { kind: 'upload', mediaType: upload.mediaType, data: upload.data }
  return { kind: 'none' }
}

/** Body of the request. */
export function bodyOf(draft: Draft): Record<string, unknown> {
  return {
    ...(draft.round === NO_ROUND ? {} : { campaign: Number(draft.round) }),
    kind: draft.kind,
    ...(asksSampled(draft) ? { sampled: new Date(cityMs(draft.sampled)).toISOString() } : {}),
    ...(draft.whose === SELF ? {} : { relative: draft.whose }),
    evidence: evidenceOf(draft),
  }
}
