/// Typing what can't be scanned: a tube's barcode, the text of a code, an identity number.
import { useRef } from 'preact/hooks'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { t } from '../text/table'

export function EnterSheet({ onText, onClose }: { onText: (text: string) => void; onClose: () => void }) {
  // Read when it is sent and not kept in state: a handheld scanner types faster than a page redraws.
  const field = useRef<HTMLInputElement>(null)
  const submit = () => {
    // Only the ends: a space inside is a Base45 digit.
    const text = (field.current?.value ?? '').replace(/^\s+|[\r\n\t]+$/g, '')
    if (text) onText(text)
  }
  return (
    <Dialog title={t('enterTitle')} onClose={onClose}>
      <form class="stack" onSubmit={(event) => (event.preventDefault(), submit())}>
        <div class="field">
          <label for="entered">{t('enterField')}</label>
          <input
            ref={field}
            id="entered"
            class="big-input"
            autocapitalize="characters"
            autocomplete="off"
            spellcheck={false}
            aria-describedby="entered-hint"
          />
          <p class="hint" id="entered-hint">
            {t('enterHint')}
          </p>
        </div>
        <Button look="primary" type="submit" data-test="enter-ok">
          {t('ok')}
        </Button>
        <Button onClick={onClose}>{t('cancel')}</Button>
      </form>
    </Dialog>
  )
}
