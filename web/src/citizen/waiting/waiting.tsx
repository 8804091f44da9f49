/// The waiting page: place, time left as a range, how old the figures are, and what happens next.
import { useEffect, useRef, useState } from 'preact/hooks'
import { ticket } from '../../api/ticket'
import { clockTime } from '../../i18n/time'
import { Button } from '../../ui/button'
import { now } from '../../ui/clock'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import { CodeCard } from '../code_card'
import { go, replace } from '../route'
import { holding, queue } from '../state'
import { t } from '../text/code'
import { w } from '../text/waiting'
import { Called } from './called'
import { askToRemind, reminding } from './reminder'
import { currentRoom, type Room, room, unreachable } from './room'
import { leaveLine } from './turn'
import './waiting.css'
import { isNews, peopleText, rangeText, type Said } from './words'

function Place({ shown }: { shown: Room['shown'] }) {
  if (shown.ahead === 0) return <p class="place">{w('next')}</p>
  return (
    <p class="place">
      {w('before')}
      <span>
        <strong data-test="place">{peopleText(shown.ahead)}</strong> {w('people')}
      </span>
    </p>
  )
}

function Figures({ known }: { known: Room }) {
  const { shown, firstAhead, now: figures } = known
  const lost = useValue(unreachable)
  return (
    <>
      <Place shown={shown} />
      <p class="eta" data-test="eta">
        {shown.eta ? w('eta', { range: rangeText(shown.eta) }) : w('etaUnknown')}
      </p>
      {shown.slower && <p data-test="slower">{w('slower')}</p>}
      <progress aria-label={w('progress')} max={Math.max(1, firstAhead)} value={firstAhead - shown.ahead} />
      <p class="quiet" data-test="as-of">
        {w('asOf', { time: clockTime(Date.parse(figures.asOf)) })}
      </p>
      {figures.paused && (
        <Notice tone="warn">
          <span data-test="paused">{w('paused')}</span>
        </Notice>
      )}
      {lost && <Notice tone="warn">{w('unreachable')}</Notice>}
    </>
  )
}

/** Said to screen readers only when there is something new, not at every poll. */
function Announced({ text, ahead }: { text: string; ahead: number }) {
  const said = useRef<(Said & { text: string; words: string }) | null>(null)
  const last = said.current
  if (!last || last.text !== text || isNews(last, ahead, Date.now())) {
    said.current = { ahead, atMs: Date.now(), text, words: text || w('sayAhead', { n: peopleText(ahead) }) }
  }
  return (
    <p class="hidden-text" aria-live="polite">
      {said.current?.words}
    </p>
  )
}

function Remind() {
  const state = useValue(reminding)
  if (state === 'agreed') return <p data-test="will-remind">{w('willRemind')}</p>
  if (state !== 'unasked') return null
  return (
    <Button onClick={() => void askToRemind()} data-test="remind">
      {w('remind')}
    </Button>
  )
}

function Leave() {
  const [asking, setAsking] = useState(false)
  if (!asking) {
    return (
      <Button look="link" onClick={() => setAsking(true)} data-test="leave-line">
        {w('leave')}
      </Button>
    )
  }
  return (
    <div class="stack" role="alert">
      <p>{w('leaveAsk')}</p>
      <Button look="danger" onClick={leaveLine} data-test="leave-yes">
        {w('leaveYes')}
      </Button>
      <Button onClick={() => setAsking(false)}>{w('stay')}</Button>
    </div>
  )
}

function InLine({ known, pending }: { known: Room; pending: boolean }) {
  return (
    <>
      <Figures known={known} />
      <p>{w(pending ? 'willGoOn' : 'keptPlace', { minutes: Math.round(known.now.claimS / 60) })}</p>
      {!pending && <Button onClick={() => go(known.purpose ?? 'register')}>{w('fillIn')}</Button>}
      <Remind />
      <Leave />
    </>
  )
}

/** The heading gets the focus when the page takes over from a form. */
function Heading({ text }: { text: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [text])
  return (
    <h2 ref={heading} tabIndex={-1}>
      {text}
    </h2>
  )
}

function useTitle(text: string): void {
  // Those of the other screens are set where they are announced.
  useEffect(() => {
    document.title = text
  }, [text])
  useEffect(
    () => () => {
      document.title = t('product')
    },
    [],
  )
}

/** A message that is news by itself; empty while only the place changes. */
function stateText(known: Room, renewed: boolean, lost: boolean): string {
  if (known.calledAtMs !== null) return w('called')
  if (known.now.paused) return w('paused')
  if (lost) return w('unreachable')
  if (known.shown.slower) return w('slower')
  return renewed ? w('renewed') : ''
}

export default function Waiting() {
  useValue(room)
  useValue(now)
  const held = useValue(ticket)
  const code = useValue(holding)?.code
  const pending = useValue(queue) === 'pending'
  const lost = useValue(unreachable)
  const known = currentRoom()
  const called = known !== null && known.calledAtMs !== null
  useTitle(`${called ? w('called') : known ? w('sayAhead', { n: peopleText(known.shown.ahead) }) : w('title')} · ${t('product')}`)
  useEffect(() => {
    // Used or given up in another tab.
    if (!held && !pending) replace('code')
  }, [held, pending])
  const title = called ? w('called') : w('title')
  return (
    <>
      <section class="card stack waiting" data-test="waiting" data-state={called ? 'called' : known?.now.paused ? 'paused' : 'waiting'}>
        <Heading text={title} />
        {held?.renewed && !called && (
          <Notice tone="warn">
            <span data-test="renewed">{w('renewed')}</span>
          </Notice>
        )}
        {!known && <p class="loading">{t('open')}</p>}
        {known && (called ? <Called known={known} pending={pending} /> : <InLine known={known} pending={pending} />)}
        {known && <Announced text={stateText(known, held?.renewed ?? false, lost)} ahead={known.shown.ahead} />}
      </section>
      {code && (
        <>
          <p class="quiet">{w('code')}</p>
          <CodeCard code={code} />
        </>
      )}
    </>
  )
}
