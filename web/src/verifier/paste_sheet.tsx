/// Entering the text of a code: pasted, or typed by a handheld scanner into the field.
import { useRef } from 'preact/hooks'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { t } from './texts'

export function PasteSheet({ onText, onClose }: { onText: (text: string) => void; onClose: () => void }) {
  // Read when it is sent and not kept in state: a handheld scanner types faster than a page redraws.
  const field = useRef<HTMLTextAreaElement>(null)
  const submit = () => {
    // Only the ends: a space inside is a Base45 digit.
    const trimmed = (field.current?.value ?? '').replace(/^\s+|[\r\n\t]+$/g, '')
    if (trimmed) onText(trimmed)
  }
  return (
    <Dialog title={t('type')} onClose={onClose}>
      <form class="stack" onSubmit={(event) => (event.preventDefault(), submit())}>
        <div class="field">
          <label for="code-text">{t('paste')}</label>
          <textarea
            ref={field}
            id="code-text"
            rows={5}
            autocapitalize="characters"
            autocomplete="off"
            spellcheck={false}
            aria-describedby="code-text-hint"
            onKeyDown={(event) => {
              if (event.key === 'Enter') (event.preventDefault(), submit())
            }}
          />
          <p class="hint" id="code-text-hint">
            {t('pasteHint')}
          </p>
        </div>
        <div class="sheet-actions">
          <Button onClick={onClose}>{t('close')}</Button>
          <Button look="primary" type="submit" data-test="verify-text">
            {t('check')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
