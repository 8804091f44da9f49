/// Writes a campaign: as a form or as text, checked while somebody types, saved as a draft.
import { useEffect, useRef, useState } from 'preact/hooks'
import { Problem } from '../../api/problem'
import { dateTime } from '../../i18n/time'
import { useSuccession } from '../../ui/arrival'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Notice } from '../../ui/notice'
import { Tabs } from '../../ui/tabs'
import { client, failureText } from '../session'
import { f } from '../text/campaign_form'
import { useCheck } from './check'
import { readDocument, writtenDocument } from './document'
import { keepUnsaved, unsavedOf } from './desk'
import { lastChange } from './figures'
import { CampaignForm } from './form'
import { goTo, showLine, textAt } from './problems'
import type { CampaignFile, TextProblem } from './shapes'
import { Verdict } from './verdict'

interface Props {
  text: string
  /** The draft that is edited; none for a new campaign. */
  file?: CampaignFile
  reload?: () => Promise<CampaignFile | null>
  onSaved: (file: CampaignFile) => void
  onClose: () => void
}

type Way = 'form' | 'text'

/** Saves the text; a version that is not the newest any more is told, and the text stays. */
function useSaving({ file, reload, onSaved }: Props, text: string) {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<(() => string) | null>(null)
  const [version, setVersion] = useState(file?.version)
  const fail = (words: () => string) => setFailure(() => words)
  const stale = async () => {
    const newest = await reload?.()
    if (!newest) return
    setVersion(newest.version)
    const { name, at } = lastChange(newest)
    fail(() => f('stale', { name, time: dateTime(Date.parse(at)), version: newest.version }))
  }
  const save = async () => {
    setBusy(true)
    setFailure(null)
    const path = file ? `/v1/campaigns/${file.number}/redraft` : '/v1/campaigns'
    try {
      const saved = await client.post<CampaignFile>(path, { ...(file ? { version } : {}), document: text })
      keepUnsaved(file?.number ?? 0, null)
      onSaved(saved)
    } catch (error) {
      if (error instanceof Problem && error.status === 412) await stale()
      else {
        const words = failureText(error)
        fail(() => words)
      }
      setBusy(false)
    }
  }
  return { busy, failure, save }
}

function Leave({ onLeave, onStay }: { onLeave: () => void; onStay: () => void }) {
  return (
    <Dialog title={f('leaveTitle')} onClose={onStay}>
      <div class="stack">
        <p>{f('leaveAsk')}</p>
        <Button look="danger" onClick={onLeave} data-test="leave-yes">
          {f('leaveYes')}
        </Button>
        <Button onClick={onStay}>{f('stay')}</Button>
      </div>
    </Dialog>
  )
}

/** The text, and the form as far as it can be read into one. */
function Contents({ way, text, onText, problems, area }: { way: Way; text: string; onText: (text: string) => void; problems: readonly TextProblem[]; area: { current: HTMLTextAreaElement | null } }) {
  if (way === 'text') {
    return (
      <section class="card field">
        <label for="campaign-text">{f('text')}</label>
        <textarea ref={area} id="campaign-text" class="document" rows={32} spellcheck={false} value={text} aria-describedby="campaign-text-hint" onInput={(event) => onText(event.currentTarget.value)} />
        <p class="hint" id="campaign-text-hint">
          {f('textHint')}
        </p>
      </section>
    )
  }
  const reading = readDocument(text)
  if ('document' in reading) {
    return <CampaignForm document={reading.document} onDocument={(next) => onText(writtenDocument(next))} errorAt={(path) => textAt(problems, path)} />
  }
  return (
    <Notice tone="warn">
      <span data-test="no-form">{'misfit' in reading ? f('misfit', { path: reading.misfit }) : f('unreadable')}</span>
    </Notice>
  )
}

/** Asks before somebody closes the page with changes in it. */
function useLeavingGuard(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return undefined
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [isChanged])
}

export function Editor(props: Props) {
  const { file, onClose } = props
  const key = file?.number ?? 0
  const [text, setText] = useState(() => unsavedOf(key) ?? props.text)
  const [way, setWay] = useState<Way>('form')
  const [isLeaving, setLeaving] = useState(false)
  const heading = useSuccession<HTMLHeadingElement>()
  const area = useRef<HTMLTextAreaElement>(null)
  const check = useCheck(text)
  const { busy, failure, save } = useSaving(props, text)
  const isChanged = text !== props.text
  const type = (next: string) => {
    keepUnsaved(key, next === props.text ? null : next)
    setText(next)
  }
  const leave = () => {
    keepUnsaved(key, null)
    onClose()
  }
  useLeavingGuard(isChanged)
  const go = (problem: TextProblem) => {
    if (way === 'form') return goTo(problem.field)
    if (area.current) showLine(area.current, problem.line ?? 1)
  }
  const ways = (['form', 'text'] as const).map((each) => [each, f(each)] as const)
  return (
    <div class="stack campaign" data-test="campaign-editor">
      <section class="card head">
        <h2 ref={heading} tabIndex={-1}>
          {f(file ? 'titleEdit' : 'titleNew')}
        </h2>
        <Button look="primary" busy={busy} disabled={check.verdict?.valid === false} onClick={() => void save()} data-test="save-campaign">
          {f(file ? 'saveAgain' : 'save')}
        </Button>
        <Button onClick={() => (isChanged ? setLeaving(true) : leave())} data-test="leave-editor">
          {f('leave')}
        </Button>
      </section>
      {failure && (
        <Notice tone="bad" role="alert">
          <span data-test="save-failed">{failure()}</span>
        </Notice>
      )}
      <Tabs label={f('titleNew')} value={way} items={ways} onValue={setWay} />
      <div class="verdict" aria-live="polite">
        <Verdict check={check} isForm={way === 'form'} onGo={go} />
      </div>
      <Contents {...{ way, text, area }} onText={type} problems={check.last?.problems ?? []} />
      {isLeaving && <Leave onLeave={leave} onStay={() => setLeaving(false)} />}
    </div>
  )
}
