/// Above what was asked of the server: how old it is, why there is nothing newer, and the button that asks again.
import type { ComponentChildren } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { debounced } from '../api/debounce'
import { Problem } from '../api/problem'
import { age, dayTime } from '../i18n/time'
import { Button } from '../ui/button'
import { now } from '../ui/clock'
import { Icon } from '../ui/icon'
import { REFRESH } from '../ui/icon_paths'
import { Notice } from '../ui/notice'
import { useValue } from '../ui/value'
import './below_code.css'
import type { KeptAnswer } from './kept_answer'
import { a } from './text/asking'
import { t } from './text/code'

/** Why a question was not answered, in one sentence: the server's own if it refused for a reason. */
export function askingText(error: unknown): string {
  if (!(error instanceof Problem)) return a('unreachable')
  if (error.status === 401) return a('ended')
  // Somebody decided it, and the server says so.
  if (error.code === 'switched-off') return error.text
  return error.status === 429 || error.status >= 500 ? a('busy') : error.text
}

interface Props {
  from: KeptAnswer<unknown>
  /** Asks again. */
  onAsk: () => Promise<void>
  /** Says why there is no answer, where the common words do not fit. */
  notice?: (failure: unknown) => ComponentChildren
}

function Unanswered({ failure, knownAtMs }: { failure: unknown; knownAtMs: number | undefined }) {
  const why = askingText(failure)
  return (
    <Notice tone="warn">
      <p data-test="asking-failed">{knownAtMs ? a('keptFrom', { why, time: dayTime(knownAtMs) }) : why}</p>
      <p>{a('codesWork')}</p>
    </Notice>
  )
}

/** Age and refresh button; with a failure its reason. */
export function AskingState({ from, onAsk, notice }: Props) {
  const at = useValue(now)
  const known = useValue(from.known)
  const failure = useValue(from.failure)
  const [busy, setBusy] = useState(false)
  // Impatient presses share one answer.
  const ask = useMemo(() => debounced(onAsk, Date.now), [])
  const press = () => {
    setBusy(true)
    void ask().finally(() => setBusy(false))
  }
  return (
    <>
      {failure !== null && (notice?.(failure) ?? <Unanswered failure={failure} knownAtMs={known?.learnedAtMs} />)}
      {!known && failure === null && <p class="loading">{t('open')}</p>}
      {(known || failure !== null) && (
        <div class="freshness">
          <p class="quiet" data-test="asked">{known && a('asOf', { age: age(at - known.learnedAtMs) })}</p>
          <Button busy={busy} onClick={press} data-test="ask-again">
            <Icon path={REFRESH} />
            {a('refresh')}
          </Button>
        </div>
      )}
    </>
  )
}
