/// One question that needs a reason before something is done that stays on record.
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { useRequest } from '../request'
import { g } from '../text/sampling'

interface Props {
  title: string
  children: ComponentChildren
  yes: string
  /** Does it; the dialog stays, and says why, if it fails. */
  request: (remark: string) => Promise<unknown>
  onDone: () => void
  onClose: () => void
}

export function RemarkDialog({ title, children, yes, request, onDone, onClose }: Props) {
  const [remark, setRemark] = useState('')
  const { busy, error, run } = useRequest()
  const submit = async (event: Event) => {
    event.preventDefault()
    if (await run(() => request(remark.trim()).then(() => true))) onDone()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
        <p>{children}</p>
        <Field id="remark" label={g('remarkNeeded')} value={remark} onValue={setRemark} maxLength={130} autocomplete="off" />
        {error && (
          <Notice tone="bad" role="alert">
            {error}
          </Notice>
        )}
        <Button type="submit" look="danger" busy={busy} disabled={!remark.trim()} data-test="remark-yes">
          {yes}
        </Button>
        <Button onClick={onClose}>{g('cancel')}</Button>
      </form>
    </Dialog>
  )
}
