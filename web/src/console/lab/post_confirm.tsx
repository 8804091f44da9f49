/// The second confirmation before results count: it names the numbers, and one has to say that they are right.
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button'
import { Checkbox } from '../../ui/checkbox'
import { Dialog } from '../../ui/dialog'
import { Notice } from '../../ui/notice'
import { m } from '../text/lab_import'
import type { DryRun } from './import_file'

const count = (n: number) => n.toLocaleString('en-US')

export function PostConfirm({ dry, onYes, onClose }: { dry: DryRun; onYes: () => void; onClose: () => void }) {
  const [isChecked, setIsChecked] = useState(false)
  const { recorded, people, rejected, duplicates } = dry.answer
  return (
    <Dialog title={m('askTitle')} onClose={onClose}>
      <div class="stack" data-test="post-confirm">
        <p>{m('ask', { recorded: count(recorded), people: count(people), institution: dry.institution, name: dry.file.name })}</p>
        {rejected > 0 && <Notice tone="warn">{m('askBad', { rejected: count(rejected) })}</Notice>}
        {duplicates > 0 && <p>{m('askDuplicates', { duplicates: count(duplicates) })}</p>}
        <Checkbox id="numbers-checked" checked={isChecked} onValue={setIsChecked}>
          {m('understood')}
        </Checkbox>
        <Button look="danger" disabled={!isChecked} onClick={onYes} data-test="post-import-yes">
          {m('yes', { recorded: count(recorded) })}
        </Button>
        <Button onClick={onClose}>{m('cancel')}</Button>
      </div>
    </Dialog>
  )
}
