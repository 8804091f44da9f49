/// Amends the result of a tube: the former version stays on file, and the person who amends sees first what it changes.
import { useState } from 'preact/hooks'
import { cityDate, clockTime } from '../../i18n/time'
import { useArrival } from '../../ui/arrival'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { Refusal } from '../../ui/refusal'
import { Select } from '../../ui/select'
import { useRequest } from '../request'
import { instant, METHODS, OUTCOMES } from '../result_rows'
import type { TubeFile, TubeResult, TubeRowOutcome } from '../sampling/types'
import { client } from '../session'
import { word } from '../text/console'
import { l } from '../text/lab'
import { amendmentBody, effectsOf, isChanged, isSingle } from './amendment'
import { saidOf } from './row_words'

interface Props {
  file: TubeFile
  latest: TubeResult
  onAmended: (outcome: TubeRowOutcome) => void
}

/** Value of a `datetime-local` input in city time. */
function local(rfc3339: string): string {
  const ms = Date.parse(rfc3339)
  return `${cityDate(ms)}T${clockTime(ms).slice(0, 5)}`
}

function Effects({ file, from, to }: { file: TubeFile; from: TubeResult; to: TubeResult['outcome'] }) {
  return (
    <Notice tone="warn">
      <strong>{l('what')}</strong>
      <ul data-test="effects">
        {effectsOf(from.outcome, to, isSingle(file)).map((effect) => (
          <li key={effect}>{l(`effect-${effect}`, { n: file.people })}</li>
        ))}
      </ul>
    </Notice>
  )
}

function useAmendment(file: TubeFile, latest: TubeResult, onAmended: Props['onAmended']) {
  // Made once: pressing again after a lost answer amends nothing twice.
  const [id] = useState(() => crypto.randomUUID())
  const [refused, setRefused] = useState('')
  const { busy, error, run } = useRequest()
  const post = async (typed: Typed) => {
    setRefused('')
    const row = amendmentBody(id, file.tube, latest, complete(typed), typed.remark.trim())
    const answer = await run(() => client.post<{ items: TubeRowOutcome[] }>('/v1/tube-results', { results: [row] }))
    const item = answer?.items[0]
    if (item?.status === 'rejected') setRefused(saidOf(item))
    else if (item) onAmended(item)
  }
  return { busy, error: error || refused, post }
}

const empty = (latest: TubeResult) => ({ ...latest, received: local(latest.received), reported: local(latest.reported), remark: '' })
type Typed = ReturnType<typeof empty>

/** With times as the server takes them. */
function complete({ outcome, method, received, reported, institution }: Typed) {
  return { outcome, method, received: instant(received) ?? '', reported: instant(reported) ?? '', institution: institution.trim() }
}

function AmendForm({ file, latest, onAmended, onClose }: Props & { onClose: () => void }) {
  const heading = useArrival()
  const [typed, setTyped] = useState(() => empty(latest))
  const { busy, error, post } = useAmendment(file, latest, onAmended)
  const edit = (part: Partial<Typed>) => setTyped({ ...typed, ...part })
  const amended = complete(typed)
  const { received, reported, institution } = amended
  const isBackwards = received !== '' && reported !== '' && Date.parse(received) > Date.parse(reported)
  const isReady = received && reported && institution && !isBackwards && typed.remark.trim() && isChanged(latest, amended)
  const submit = (event: Event) => {
    event.preventDefault()
    void post(typed)
  }
  return (
    <form class="card stack inner" onSubmit={submit} noValidate data-test="amend-form">
      <h3 ref={heading} tabIndex={-1}>
        {l('amendTitle', { version: latest.version })}
      </h3>
      <div class="row">
        <Select id="amend-outcome" label={l('outcome')} value={typed.outcome} options={OUTCOMES.map((each) => [each, word(each)] as const)} onValue={(outcome) => edit({ outcome })} />
        <Select id="amend-method" label={l('method')} value={typed.method} options={METHODS.map((each) => [each, word(each)] as const)} onValue={(method) => edit({ method })} />
        <Field id="amend-received" label={l('received')} type="datetime-local" value={typed.received} onValue={(at) => edit({ received: at })} />
        <Field id="amend-reported" label={l('reported')} type="datetime-local" value={typed.reported} onValue={(at) => edit({ reported: at })} error={isBackwards ? l('timesWrong') : ''} />
        <Field id="amend-institution" label={l('institution')} value={typed.institution} onValue={(name) => edit({ institution: name })} maxLength={80} />
      </div>
      <Field id="amend-remark" label={l('amendRemark')} value={typed.remark} onValue={(remark) => edit({ remark })} maxLength={130} autocomplete="off" />
      {isChanged(latest, amended) ? <Effects file={file} from={latest} to={typed.outcome} /> : <p class="quiet">{l('nothingChanged', { version: latest.version })}</p>}
      {error && <Refusal>{error}</Refusal>}
      <div class="buttons">
        <Button type="submit" look="danger" busy={busy} disabled={!isReady} data-test="post-amendment">
          {l('postAmendment')}
        </Button>
        <Button onClick={onClose}>{l('cancel')}</Button>
      </div>
    </form>
  )
}

export function Amend(props: Props) {
  const [isOpen, setIsOpen] = useState(false)
  // The button stays, so that there is somewhere to go back to.
  return (
    <>
      <div class="buttons">
        <Button onClick={() => setIsOpen(true)} aria-expanded={isOpen} data-test="amend">
          {l('amend')}
        </Button>
      </div>
      {isOpen && <AmendForm {...props} onClose={() => setIsOpen(false)} />}
    </>
  )
}
