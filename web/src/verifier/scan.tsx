/// The scanning screen: viewfinder, what to do when the camera does not help, and the state of this device.
import { useLayoutEffect, useState } from 'preact/hooks'
import { listenForHandheld } from '../scanner/handheld'
import { PhotoButton } from '../scanner/photo_button'
import { s } from '../scanner/texts'
import { Viewfinder } from '../scanner/viewfinder'
import { Button } from '../ui/button'
import { now } from '../ui/clock'
import { Icon } from '../ui/icon'
import { Notice } from '../ui/notice'
import { useValue } from '../ui/value'
import { DocumentSheet } from './document_sheet'
import type { Gate } from './gate'
import { TOOL_ICONS } from '../scanner/icons'
import { PasteSheet } from './paste_sheet'
import { SettingsSheet } from './settings_sheet'
import { StatusBar } from './status_bar'
import { t } from './texts'

interface Props {
  gate: Gate
  onVenue: () => void
  onLogin: () => void
}
type Sheet = 'paste' | 'document' | 'settings' | null

const REMARK_MS = 10_000

/** What the camera saw that is not worth a verdict. */
function Remarks({ gate }: { gate: Gate }) {
  const shown = useValue(gate.repeated)
  const notACode = useValue(gate.notACode)
  const nowMs = useValue(now)
  if (notACode) return <Notice tone="warn">{t('notACode')}</Notice>
  // The name of somebody who has walked on does not stay on the screen.
  if (!shown || nowMs - shown.atMs > REMARK_MS) return null
  const ago = Math.round((shown.repeatMs ?? 0) / 1000)
  return (
    <Notice tone="info">
      <span data-test="repeated">
        {t('repeated', { ago, face: t(shown.face), name: shown.verdict.name ?? t('unknownPerson') })}
      </span>
    </Notice>
  )
}

export function Scan({ gate, onVenue, onLogin }: Props) {
  const [sheet, setSheet] = useState<Sheet>(null)
  const [noPhoto, setNoPhoto] = useState(false)
  const read = (text: string) => {
    setNoPhoto(false)
    setSheet(null)
    void gate.read(text)
  }
  // As soon as the page is there: who sees it may scan.
  useLayoutEffect(() => listenForHandheld((text) => void gate.read(text)), [gate])
  const close = () => setSheet(null)
  return (
    <>
      <StatusBar gate={gate} onVenue={onVenue} />
      <Viewfinder
        hint={t('scanHint')}
        paused={() => sheet !== null || gate.shown.value !== null}
        onText={(text) => void gate.read(text, 'camera')}
      />
      <Remarks gate={gate} />
      {noPhoto && (
        <Notice tone="warn" role="alert">
          {s('noCodeInPhoto')}
        </Notice>
      )}
      <div class="tools">
        <PhotoButton onText={read} onNothing={() => setNoPhoto(true)} />
        <Button onClick={() => setSheet('paste')} data-test="open-paste">
          <Icon path={TOOL_ICONS.keyboard} />
          {t('type')}
        </Button>
        <Button onClick={() => setSheet('document')} data-test="open-document">
          <Icon path={TOOL_ICONS.card} />
          {t('byId')}
        </Button>
        <Button onClick={() => setSheet('settings')} data-test="open-settings">
          <Icon path={TOOL_ICONS.sliders} />
          {t('settings')}
        </Button>
      </div>
      {sheet === 'paste' && <PasteSheet onText={read} onClose={close} />}
      {sheet === 'document' && <DocumentSheet gate={gate} onClose={close} />}
      {sheet === 'settings' && <SettingsSheet gate={gate} onClose={close} onLogin={onLogin} />}
    </>
  )
}
