/// Tries colour rules before anybody uses them: paste or choose a rule pack, see who would change colour.
import { useRef, useState } from 'preact/hooks'
import { pick } from '../../i18n/lang'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import '../campaigns/campaigns.css'
import { showLine } from '../campaigns/problems'
import { useRequest } from '../request'
import { client } from '../session'
import { r } from '../text/rules'
import { Outcome } from './outcome'
import './rules.css'
import type { RulesPreview } from './shapes'
import { type Sample, SAMPLES } from './sources'

const LONGEST = 256 * 1024
/** A whole city is looked at. */
const TIMEOUT_MS = 60_000

function Problems({ preview, onLine }: { preview: RulesPreview; onLine: (line: number) => void }) {
  return (
    <Notice tone="bad" role="alert">
      <strong data-test="rules-invalid">{r('invalid', { n: preview.problems.length })}</strong>
      <ul class="problems" data-test="problems">
        {preview.problems.map(({ line, key, zh, en }, i) => (
          <li key={i}>
            {line && (
              <Button look="link" onClick={() => onLine(line)} aria-label={r('goLine', { line })}>
                {r('atLine', { line })}
              </Button>
            )}{' '}
            {key && <code>{key}</code>} {pick(zh, en)}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

/** Ways to get a text without typing it. */
function Sources({ onText, onTooLong }: { onText: (text: string) => void; onTooLong: () => void }) {
  const chosen = async (event: Event) => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0]
    if (!file) return
    if (file.size > LONGEST) onTooLong()
    else onText(await file.text())
  }
  return (
    <div class="row">
      <div class="field">
        <label for="rules-file">{r('file')}</label>
        <input id="rules-file" type="file" accept=".toml,text/plain" onChange={(event) => void chosen(event)} />
      </div>
      <div class="field">
        <label for="rules-sample">{r('sample')}</label>
        <select id="rules-sample" value="" onChange={(event) => event.currentTarget.value && onText(SAMPLES[event.currentTarget.value as Sample])}>
          <option value="">–</option>
          {(Object.keys(SAMPLES) as Sample[]).map((sample) => (
            <option key={sample} value={sample}>
              {r(`sample-${sample}`)}
            </option>
          ))}
        </select>
      </div>
    </div>
  )
}

export default function Rules() {
  const [text, setText] = useState('')
  const [tried, setTried] = useState<{ text: string; preview: RulesPreview } | null>(null)
  const [isTooLong, setTooLong] = useState(false)
  const area = useRef<HTMLTextAreaElement>(null)
  const { busy, error, run } = useRequest()
  const put = (next: string) => {
    setTooLong(false)
    setText(next)
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    setTried(null)
    const preview = await run(() => client.post<RulesPreview>('/v1/rules/preview', { rules: text }, { timeoutMs: TIMEOUT_MS }))
    if (preview) setTried({ text, preview })
  }
  const goToLine = (line: number) => {
    if (area.current) showLine(area.current, line)
  }
  return (
    <div class="stack" data-test="rules">
      <form class="card stack" onSubmit={(event) => void submit(event)} noValidate>
        <h2>{r('title')}</h2>
        <p class="quiet">{r('hint')}</p>
        <Sources onText={put} onTooLong={() => setTooLong(true)} />
        {isTooLong && <Notice tone="bad">{r('tooLong')}</Notice>}
        <div class="field">
          <label for="rules-text">{r('text')}</label>
          <textarea ref={area} id="rules-text" class="rules" rows={tried?.preview.valid ? 8 : 20} spellcheck={false} value={text} onInput={(event) => put(event.currentTarget.value)} />
        </div>
        <div class="buttons">
          <Button type="submit" look="primary" busy={busy} disabled={!text.trim()} data-test="try-rules">
            {r('run')}
          </Button>
        </div>
        {busy && <p class="loading">{r('running')}</p>}
        {error && <Notice tone="bad">{error}</Notice>}
      </form>
      <div class="stack" aria-live="polite">
        {tried && tried.text !== text && <Notice tone="warn">{r('changed')}</Notice>}
        {tried && !tried.preview.valid && <Problems preview={tried.preview} onLine={goToLine} />}
        {tried?.preview.valid && <Outcome preview={tried.preview} />}
      </div>
    </div>
  )
}
