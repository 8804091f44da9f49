/// The screen of the shift: tube, camera, what was just done, and the buttons under the thumb.
import { useLayoutEffect, useState } from 'preact/hooks'
import { listenForHandheld } from '../../scanner/handheld'
import { PhotoButton } from '../../scanner/photo_button'
import { s } from '../../scanner/texts'
import { Viewfinder } from '../../scanner/viewfinder'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Icon } from '../../ui/icon'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import { TOOL_ICONS } from '../../scanner/icons'
import type { Sampler } from '../sampler'
import { isSheet } from '../shown'
import type { Table } from '../table'
import { t } from '../text/table'
import { DocumentForm } from './document_form'
import { EnterSheet } from './enter_sheet'
import { People } from './people'
import { Question } from './question'
import { Said } from './said'
import { Aside, SealButton, TubeCard } from './tube_card'

/** Anything a scanner at the table may read; the table says what is wrong with it. */
export const ANYTHING = /^.{4,}$/

function ListSheet({ table, onClose }: { table: Table; onClose: () => void }) {
  const rows = useValue(table.people)
  return (
    <Dialog title={t('listTitle')} onClose={onClose}>
      <div class="stack">
        <People rows={rows} onUndo={(row) => void table.undo(row)} />
        <Button look="primary" onClick={onClose} data-test="close-list">
          {t('close')}
        </Button>
      </div>
    </Dialog>
  )
}

export function TableScreen({ sampler }: { sampler: Sampler }) {
  const { table } = sampler
  const shown = useValue(table.shown)
  const form = useValue(table.form)
  const [sheet, setSheet] = useState<'enter' | 'list' | null>(null)
  const [noPhoto, setNoPhoto] = useState(false)
  const close = () => setSheet(null)
  // As soon as the page is there: who sees it may scan.
  useLayoutEffect(() => listenForHandheld((text) => void table.read(text, 'scanner'), ANYTHING), [table])
  const enter = (text: string) => {
    close()
    void table.read(text, 'typed')
  }
  return (
    <>
      <TubeCard table={table} onList={() => setSheet('list')} />
      <div class="camera-box">
        <Viewfinder
          symbols="barcodes"
          hint={t('scanHint')}
          paused={() => sheet !== null || form !== null || isSheet(shown)}
          onText={(text) => void table.read(text, 'camera')}
        />
        <Said table={table} />
      </div>
      {noPhoto && (
        <Notice tone="warn" role="alert">
          {s('noCodeInPhoto')}
        </Notice>
      )}
      <Aside table={table} />
      <div class="tools">
        <Button onClick={() => setSheet('enter')} data-test="open-enter">
          <Icon path={TOOL_ICONS.keyboard} />
          {t('enter')}
        </Button>
        <Button onClick={() => table.openForm()} data-test="open-document">
          <Icon path={TOOL_ICONS.card} />
          {t('byDocument')}
        </Button>
        <PhotoButton
          symbols="barcodes"
          onText={(text) => (setNoPhoto(false), void table.read(text, 'scanner'))}
          onNothing={() => setNoPhoto(true)}
        />
      </div>
      <SealButton table={table} />
      <Question table={table} />
      {sheet === 'enter' && <EnterSheet onText={enter} onClose={close} />}
      {sheet === 'list' && <ListSheet table={table} onClose={close} />}
      {form && (
        <DocumentForm
          key={`${form.number} ${form.nameNeeded}`}
          start={form}
          nameNeeded={form.nameNeeded}
          action={t('add')}
          onSubmit={(filled) => void table.byDocument(filled)}
          onClose={() => {
            table.form.value = null
          }}
        />
      )}
    </>
  )
}
