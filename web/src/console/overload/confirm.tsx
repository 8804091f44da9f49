/// One question before something that the whole city notices.
import type { ComponentChildren } from 'preact'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Notice } from '../../ui/notice'
import { useRequest } from '../request'
import { o } from '../text/overload'

interface Props {
  title: string
  children: ComponentChildren
  yes: string
  /** Does it; the dialog stays, and says why, if it fails. */
  request: () => Promise<unknown>
  onDone: () => void
  onClose: () => void
}

export function Confirm({ title, children, yes, request, onDone, onClose }: Props) {
  const { busy, error, run } = useRequest()
  const go = async () => {
    if (await run(() => request().then(() => true))) onDone()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="stack">
        <p>{children}</p>
        {error && <Notice tone="bad">{error}</Notice>}
        <Button look="danger" busy={busy} onClick={() => void go()} data-test="confirm-yes">
          {yes}
        </Button>
        <Button onClick={onClose}>{o('cancel')}</Button>
      </div>
    </Dialog>
  )
}
