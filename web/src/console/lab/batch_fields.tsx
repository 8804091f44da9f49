/// What is the same for the tubes scanned next: lab, method, times, and the result they mostly have.
import type { Method, Outcome } from '../../api/types'
import { Field } from '../../ui/field'
import { Select } from '../../ui/select'
import { instant, METHODS, OUTCOMES } from '../result_rows'
import { word } from '../text/console'
import { l } from '../text/lab'
import { timesOf } from './typed_rows'

export interface Batch {
  outcome: Outcome
  method: Method
  /** Of a `datetime-local` input, in city time; empty = the moment of the scan. */
  received: string
  reported: string
}

export const emptyBatch = (): Batch => ({ outcome: 'negative', method: 'naat', received: '', reported: '' })

/** Times for a tube scanned now; null if what was typed cannot be. */
export function timesOfBatch({ received, reported }: Batch, nowMs: number) {
  return timesOf(instant(received), instant(reported), nowMs)
}

interface Props {
  institution: string
  onInstitution: (name: string) => void
  batch: Batch
  onBatch: (batch: Batch) => void
}

export function BatchFields({ institution, onInstitution, batch, onBatch }: Props) {
  const edit = (part: Partial<Batch>) => onBatch({ ...batch, ...part })
  const error = timesOfBatch(batch, Date.now()) ? '' : l('timesWrong')
  return (
    <div class="row">
      <Field id="batch-institution" label={l('institution')} hint={l('institutionHint')} value={institution} onValue={onInstitution} maxLength={80} />
      <Field id="batch-received" label={l('received')} hint={l('timeHint')} type="datetime-local" value={batch.received} onValue={(received) => edit({ received })} />
      <Field id="batch-reported" label={l('reported')} hint={l('timeHint')} type="datetime-local" value={batch.reported} onValue={(reported) => edit({ reported })} error={error} />
      <Select id="batch-method" label={l('method')} value={batch.method} options={METHODS.map((each) => [each, word(each)] as const)} onValue={(method) => edit({ method })} />
    </div>
  )
}

export function NextOutcome({ batch, onBatch }: Pick<Props, 'batch' | 'onBatch'>) {
  const options = OUTCOMES.map((each) => [each, word(each)] as const)
  return <Select id="batch-outcome" label={l('nextOutcome')} value={batch.outcome} options={options} onValue={(outcome) => onBatch({ ...batch, outcome })} />
}
