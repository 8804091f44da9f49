/// The question before a step: what will happen, with numbers, and a remark where one is needed.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Problem } from '../../api/problem'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { Refusal } from '../../ui/refusal'
import { client, failureText } from '../session'
import { k } from '../text/campaigns'
import type { CampaignFile } from './shapes'
import { isGrave, needsRemark, type Step } from './steps'

/** Longest remark in characters; the server counts 400 bytes. */
const LONGEST_REMARK = 130

interface Props {
  file: CampaignFile
  step: Exclude<Step, 'redraft'>
  title: string
  /** What the request holds besides version and remark. */
  body?: object
  children: ComponentChildren
  /** What the sentence needs is not there yet. */
  isCounting?: boolean
  onDone: (file: CampaignFile) => void
  /** Somebody else has changed it meanwhile. */
  onStale: () => void
  onClose: () => void
}

export function StepDialog({ file, step, title, body, children, isCounting, onDone, onStale, onClose }: Props) {
  const [remark, setRemark] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<(() => string) | null>(null)
  const asksWhy = needsRemark(step)
  const takesRemark = step !== 'start' && step !== 'refine'
  const send = async () => {
    setBusy(true)
    setFailure(null)
    const why = remark.trim()
    try {
      onDone(await client.post<CampaignFile>(`/v1/campaigns/${file.number}/${step}`, { version: file.version, ...(why ? { remark: why } : {}), ...body }))
    } catch (error) {
      setBusy(false)
      if (error instanceof Problem && error.status === 412) return onStale()
      const isSecond = error instanceof Problem && error.code === 'second-person-needed'
      const text = isSecond ? '' : failureText(error)
      setFailure(() => () => (isSecond ? k('secondPerson') : text))
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="stack" data-test="step-dialog">
        {children}
        {takesRemark && <Field id="step-remark" label={k(asksWhy ? 'remarkNeeded' : 'remark')} value={remark} onValue={setRemark} maxLength={LONGEST_REMARK} />}
        {failure && <Refusal>{failure()}</Refusal>}
        <Button look={isGrave(step) ? 'danger' : 'primary'} busy={busy} disabled={Boolean(isCounting) || (asksWhy && !remark.trim())} onClick={() => void send()} data-test="step-yes">
          {k(`yes-${step}`)}
        </Button>
        <Button onClick={onClose}>{k('cancel')}</Button>
      </div>
    </Dialog>
  )
}
