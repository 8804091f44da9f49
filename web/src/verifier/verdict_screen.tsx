/// The full-screen verdict: colour, word, icon, sound and vibration say the same; then whom to compare, and why.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Verdict } from '../credential/verdict'
import { age, dayTime } from '../i18n/time'
import type { Face } from './face'
import type { Gate, Shown } from './gate'
import { reasonText } from '../trust/reason_texts'
import { t, type TextKey } from './texts'
import { testBadge } from './test_badge'

/** Shapes of a 48 by 48 box; each differs in outline, not only in what is inside. */
const SHAPES: Record<Face, string> = {
  allow: 'M24 3a21 21 0 100 42 21 21 0 000-42M14 25l7 7 14-16',
  refuse: 'M16 3h16l13 13v16L32 45H16L3 32V16zM16 16l16 16M32 16L16 32',
  'by-hand': 'M24 4L2 44h44zM24 18v13M24 37v1',
  'cannot-check': 'M5 5h38v38H5zM17 19c0-9 14-9 14 0 0 6-7 5-7 11M24 36v1',
}

/** The line under the word; a code that anybody may hold asks for the document first. */
function hintOf(verdict: Verdict, face: Face): TextKey {
  return face === 'allow' && verdict.reasons.includes('check-document') ? 'allowAfterDocument' : `${face}Hint`
}

function Ages({ verdict, source }: { verdict: Verdict; source: Shown['source'] }) {
  const { presentationS, credentialS, statusListS, keysS } = verdict.ages
  const rows = [
    [t('agePresentation'), presentationS],
    [t('ageCredential'), credentialS],
    [t('ageStatusList'), statusListS],
    [t('ageKeys'), keysS],
  ] as const
  if (rows.every(([, seconds]) => seconds === null)) return null
  if (source === 'document') return <p class="ages">{t('fromServer')}</p>
  return (
    <dl class="ages" aria-label={t('ages')} data-test="ages">
      {rows.map(([label, seconds]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{seconds === null ? t('none') : seconds < 60 ? t('secondsAgo', { seconds: Math.max(0, seconds) }) : age(seconds * 1000)}</dd>
        </div>
      ))}
    </dl>
  )
}

const TEST_TONE = { negative: 'good', positive: 'bad', indeterminate: 'warn', invalid: 'warn' } as const

function Person({ verdict, atMs }: { verdict: Verdict; atMs: number }) {
  const badge = testBadge(verdict.test, atMs / 1000)
  return (
    <div class="person">
      <p class="person-hint">{t('compare')}</p>
      <p class="person-name" data-test="verdict-name">
        {verdict.name}
      </p>
      {verdict.documentTail && (
        <p>
          {t('documentTail')} <b class="tail">{verdict.documentTail}</b>
        </p>
      )}
      <p class="facts">
        {verdict.kind && <span>{t(verdict.kind)}</span>}
        {verdict.colour && <span>{t(verdict.colour)}</span>}
        <span class={verdict.test ? TEST_TONE[verdict.test.outcome] : ''}>
          {verdict.test && badge
            ? `${t('testWithin', { hours: badge })} ${t(verdict.test.outcome)}`
            : verdict.test
              ? `${dayTime(verdict.test.sampled * 1000)} ${t(verdict.test.outcome)}`
              : t('noTest')}
        </span>
        {verdict.vaccine && <span>{t('vaccine', { doses: verdict.vaccine.doses })}</span>}
      </p>
      {verdict.colourSource === 'credential' && <p class="person-hint">{t('colourOfCredential')}</p>}
    </div>
  )
}

/** Seconds left until the page scans again; null when it waits for a touch. A refusal stays twice as long. */
function useCountdown(gate: Gate, shown: Shown): number | null {
  const { returnAfterS } = gate.settings.behaviour.value
  const total = shown.face === 'allow' ? returnAfterS : returnAfterS * 2
  const [left, setLeft] = useState(total)
  useEffect(() => {
    setLeft(total)
    if (total === 0) return undefined
    const timer = setInterval(() => setLeft((seconds) => seconds - 1), 1000)
    return () => clearInterval(timer)
  }, [shown, total])
  useEffect(() => {
    if (total > 0 && left <= 0) gate.dismiss()
  }, [gate, left, total])
  return total === 0 ? null : Math.max(0, left)
}

export function VerdictScreen({ gate, shown }: { gate: Gate; shown: Shown }) {
  const { verdict, face, atMs, repeatMs, source } = shown
  const left = useCountdown(gate, shown)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [shown])
  return (
    <section class={`verdict ${face}`} data-test="verdict" data-outcome={verdict.outcome} data-face={face} aria-label={t(face)}>
      <div class="verdict-word" role="alert">
        <svg viewBox="0 0 48 48" aria-hidden="true">
          <path d={SHAPES[face]} />
        </svg>
        <h2>{t(face)}</h2>
        <p>{t(hintOf(verdict, face))}</p>
      </div>
      <div class="verdict-body">
        {verdict.reasons.length > 0 && (
          <ul class="reasons" data-test="reasons" data-reasons={verdict.reasons.join(' ')}>
            {verdict.reasons.map((reason) => (
              <li key={reason}>{reasonText(reason)}</li>
            ))}
          </ul>
        )}
        {verdict.name !== null && <Person verdict={verdict} atMs={atMs} />}
        {repeatMs !== null && <p class="person-hint">{t('repeatedHint', { ago: Math.round(repeatMs / 1000) })}</p>}
        <Ages verdict={verdict} source={source} />
      </div>
      <button ref={button} type="button" class="next" onClick={() => gate.dismiss()} data-test="next">
        {left === null ? t('next') : t('nextIn', { seconds: left })}
      </button>
    </section>
  )
}
