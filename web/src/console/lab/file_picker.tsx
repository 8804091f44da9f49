/// Chooses the file and reads it once.
import { useState } from 'preact/hooks'
import { m } from '../text/lab_import'
import { type ChosenFile, type FileProblem, kindOf } from './import_file'

/** Size for people. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return m('bytes', { n: bytes })
  if (bytes < 1_000_000) return m('kilobytes', { n: Math.ceil(bytes / 1_000) })
  return m('megabytes', { n: (bytes / 1_048_576).toFixed(1) })
}

interface Props {
  file: ChosenFile | null
  disabled: boolean
  onFile: (file: ChosenFile | null) => void
}

export function FilePicker({ file, disabled, onFile }: Props) {
  const [wrong, setWrong] = useState<{ problem: FileProblem | 'unread'; bytes: number } | null>(null)
  const read = async (picked: File) => {
    try {
      const bytes = await picked.arrayBuffer()
      const kind = kindOf(bytes)
      if ('problem' in kind) setWrong({ problem: kind.problem, bytes: picked.size })
      else onFile({ name: picked.name, bytes, type: kind.type, key: crypto.randomUUID() })
    } catch {
      setWrong({ problem: 'unread', bytes: picked.size })
    }
  }
  const change = (event: { currentTarget: HTMLInputElement }) => {
    const picked = event.currentTarget.files?.[0]
    onFile(null)
    setWrong(null)
    if (picked) void read(picked)
    // So that choosing the same file again, mended, is noticed.
    event.currentTarget.value = ''
  }
  const error = wrong && m(wrong.problem, { size: sizeText(wrong.bytes) })
  return (
    <div class="field file-picker">
      <span class="label">{m('file')}</span>
      {/* The browser's own button speaks the browser's language, and says that nothing is chosen. */}
      <input
        id="import-file"
        class="hidden-text"
        type="file"
        accept=".csv,.txt,.xlsx,text/csv"
        disabled={disabled}
        onChange={change}
        aria-invalid={Boolean(error)}
        aria-describedby="import-file-chosen import-file-error"
      />
      <div class="buttons">
        <label for="import-file" class="button">
          <span class="hidden-text">{m('file')} </span>
          {m('choose')}
        </label>
        <p id="import-file-chosen" data-test="chosen-file">
          {file ? m('chosen', { name: file.name, size: sizeText(file.bytes.byteLength) }) : m('notChosen')}
        </p>
      </div>
      <p class="error" id="import-file-error" aria-live="polite">
        {error}
      </p>
    </div>
  )
}
