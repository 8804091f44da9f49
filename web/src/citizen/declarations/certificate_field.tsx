/// The text of an EU certificate: pasted, or read from a picture of its QR code.
import { useState } from 'preact/hooks'
import { Notice } from '../../ui/notice'
import { d, type DeclareKey } from '../text/declare'

/** The decoder is a megabyte: only who chooses a picture loads it. */
async function readPicture(file: File): Promise<string | null> {
  const { readQrPicture } = await import('./read_picture')
  return readQrPicture(file)
}

interface Props {
  value: string
  onValue: (value: string) => void
  error: string | undefined
}

export function CertificateField({ value, onValue, error }: Props) {
  const [state, setState] = useState<DeclareKey | null>(null)
  const read = async (input: HTMLInputElement) => {
    const file = input.files?.[0]
    input.value = ''
    if (!file) return
    setState('scanning')
    try {
      const text = await readPicture(file)
      if (text !== null) onValue(text)
      setState(text === null ? 'scanNothing' : 'scanned')
    } catch {
      setState('scanUnable')
    }
  }
  const failed = state === 'scanNothing' || state === 'scanUnable'
  return (
    <div class="field">
      <label for="certificate">{d('text')}</label>
      <label class="button file-button">
        {d('scan')}
        <input class="hidden-text" type="file" accept="image/*" data-test="scan-certificate" onChange={(event) => void read(event.currentTarget)} />
      </label>
      <div aria-live="polite" data-test="scan-state" data-state={state ?? ''}>
        {state && <Notice tone={failed ? 'warn' : state === 'scanned' ? 'good' : 'info'}>{d(state)}</Notice>}
      </div>
      <textarea
        id="certificate"
        rows={4}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        autocapitalize="characters"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={Boolean(error)}
        aria-describedby="certificate-error certificate-hint"
      />
      <p class="hint" id="certificate-hint">
        {d('textHint')}
      </p>
      <p class="error" id="certificate-error" aria-live="polite">
        {error}
      </p>
    </div>
  )
}
