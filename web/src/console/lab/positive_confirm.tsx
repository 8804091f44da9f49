/// Positive tubes once more before they are posted: a wrong barcode would colour a whole tube of others.
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Notice } from '../../ui/notice'
import { l } from '../text/lab'
import type { TypedRow } from './typed_rows'

export function PositiveConfirm({ rows, onYes, onClose }: { rows: readonly TypedRow[]; onYes: () => void; onClose: () => void }) {
  return (
    <Dialog title={l('positiveTitle')} onClose={onClose}>
      <div class="stack">
        <Notice tone="warn">{l('positiveText')}</Notice>
        <ul class="codes" data-test="positive-tubes">
          {rows.filter(({ outcome }) => outcome === 'positive').map(({ id, tube }) => (
            <li key={id}>{tube}</li>
          ))}
        </ul>
        <Button look="danger" onClick={onYes} data-test="positive-yes">
          {l('yesPost')}
        </Button>
        <Button onClick={onClose}>{l('cancel')}</Button>
      </div>
    </Dialog>
  )
}
