/// A photo or PDF of the document, made small on the device before it is sent.
import { useState } from 'preact/hooks'
import { d, type DeclareKey } from '../text/declare'
import type { Draft } from './draft'
import { base64Of, prepareUpload } from './picture'

interface Props {
  value: Draft['upload']
  onValue: (value: Draft['upload']) => void
  error: string | undefined
}

export function UploadField({ value, onValue, error }: Props) {
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<DeclareKey | null>(null)
  const take = async (input: HTMLInputElement) => {
    const file = input.files?.[0]
    input.value = ''
    if (!file) return
    setBusy(true)
    const ready = await prepareUpload(file)
    if (typeof ready === 'string') {
      setRefusal(ready)
      onValue(null)
    } else {
      setRefusal(null)
      const { mediaType, bytes } = ready
      onValue({ mediaType, data: await base64Of(bytes), name: file.name, bytes: bytes.size })
    }
    setBusy(false)
  }
  const wrong = refusal ? d(refusal) : error
  return (
    <div class="field">
      <label class="button file-button" for="upload">
        {d('choose')}
      </label>
      <input
        id="upload"
        class="hidden-text"
        type="file"
        accept="image/*,application/pdf"
        aria-invalid={Boolean(wrong)}
        aria-describedby="upload-error upload-hint"
        onChange={(event) => void take(event.currentTarget)}
      />
      <p aria-live="polite" data-test="upload-state" data-bytes={value?.bytes ?? 0}>
        {busy ? d('preparing') : value && d('chosen', { name: value.name, kb: Math.ceil(value.bytes / 1000) })}
      </p>
      <p class="hint" id="upload-hint">
        {d('fileHint')}
      </p>
      <p class="error" id="upload-error" aria-live="polite">
        {wrong}
      </p>
    </div>
  )
}
