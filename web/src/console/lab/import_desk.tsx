/// Imports a file of results in three steps: choose, dry run, post for real.
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { useRequest } from '../request'
import { session } from '../session'
import { l } from '../text/lab'
import { m } from '../text/lab_import'
import { download } from './download'
import { FilePicker, sizeText } from './file_picker'
import { ImportOutcome } from './import_answer'
import { type ChosenFile, type DryRun, type ImportAnswer, type PostObstacle, postObstacle, TEMPLATE, withMark } from './import_file'
import { useInstitution } from './institution'
import { PostConfirm } from './post_confirm'
import { postFile } from './upload'

/** An upload under way: bytes sent of a file. */
interface Going {
  dryRun: boolean
  sent: number
  all: number
}

function Progress({ dryRun, sent, all }: Going) {
  const text = sent < all ? m('sending', { done: sizeText(sent), all: sizeText(all) }) : m(dryRun ? 'checking' : 'posting')
  return (
    <div data-test="upload-progress" role="status">
      <p>{text}</p>
      {/* Without a value the bar says: under way, nobody knows how far. */}
      {sent < all ? <progress class="wide-bar" max={all} value={sent} aria-label={text} /> : <progress class="wide-bar" aria-label={text} />}
    </div>
  )
}

function useImport() {
  const [going, setGoing] = useState<Going | null>(null)
  const { busy, error, run } = useRequest()
  const send = async (file: ChosenFile, institution: string, dryRun: boolean): Promise<ImportAnswer | null> => {
    const all = file.bytes.byteLength
    setGoing({ dryRun, sent: 0, all })
    const path = `/v1/tube-results/import?dryRun=${dryRun}&institution=${encodeURIComponent(institution)}`
    const idempotencyKey = dryRun ? crypto.randomUUID() : file.key
    const onSent = (sent: number) => setGoing({ dryRun, sent, all })
    const answer = await run(() => postFile<ImportAnswer>(path, { ...file, token: session.value?.token ?? null, idempotencyKey, onSent }))
    setGoing(null)
    return answer
  }
  return { going, busy, error, send }
}

function Posted({ answer, fileName, onAnother }: { answer: ImportAnswer; fileName: string; onAnother: () => void }) {
  return (
    <>
      <Notice tone="good">{m('posted')}</Notice>
      <ImportOutcome answer={answer} fileName={fileName} />
      <div class="buttons">
        <Button onClick={onAnother} data-test="another-file">
          {m('another')}
        </Button>
      </div>
    </>
  )
}

function PostForReal({ obstacle, busy, onPost }: { obstacle: PostObstacle | null; busy: boolean; onPost: () => void }) {
  return (
    <>
      {obstacle && <p data-test="post-obstacle">{m(obstacle)}</p>}
      <div class="buttons">
        <Button look="danger" busy={busy} disabled={obstacle !== null} onClick={onPost} data-test="post-import">
          {m('post')}
        </Button>
      </div>
    </>
  )
}

export function ImportDesk() {
  const [institution, setInstitution] = useInstitution()
  const [file, setFile] = useState<ChosenFile | null>(null)
  const [dry, setDry] = useState<DryRun | null>(null)
  const [asking, setAsking] = useState(false)
  const [posted, setPosted] = useState<ImportAnswer | null>(null)
  // Nobody knows then whether the rows were recorded.
  const [isPostOpen, setIsPostOpen] = useState(false)
  const { going, busy, error, send } = useImport()
  const obstacle = postObstacle(dry, file, institution)
  const choose = (next: ChosenFile | null) => {
    setFile(next)
    setDry(null)
    setPosted(null)
    setIsPostOpen(false)
  }
  const runDry = async () => {
    setPosted(null)
    setDry(null)
    const lab = institution.trim()
    const answer = file && (await send(file, lab, true))
    if (answer && file) setDry({ file, institution: lab, answer })
  }
  const post = async () => {
    setAsking(false)
    if (obstacle || !dry) return
    const answer = await send(dry.file, dry.institution, false)
    setPosted(answer)
    setIsPostOpen(answer === null)
  }
  return (
    <div class="stack" data-test="import-desk">
      <section class="card stack">
        <h2>{m('step1')}</h2>
        <p>{m('explain')}</p>
        <div class="buttons">
          <Button look="link" onClick={() => download('results-template.csv', withMark(TEMPLATE))} data-test="template">
            {m('template')}
          </Button>
        </div>
        <div class="row">
          <Field id="import-institution" label={l('institution')} hint={l('institutionHint')} value={institution} onValue={setInstitution} disabled={busy} maxLength={80} />
          <FilePicker file={file} disabled={busy} onFile={choose} />
        </div>
      </section>
      <section class="card stack">
        <h2>{m('step2')}</h2>
        <div class="buttons">
          <Button look={dry ? 'plain' : 'primary'} busy={busy} disabled={!file || !institution.trim()} onClick={() => void runDry()} data-test="dry-run">
            {m('dryRun')}
          </Button>
        </div>
        {going && <Progress {...going} />}
        {error && (
          <Notice tone="bad" role="alert">
            <p>{error}</p>
            {isPostOpen && <p>{m('noAnswer')}</p>}
          </Notice>
        )}
        {dry && !posted && obstacle !== 'dryRunFirst' && <ImportOutcome answer={dry.answer} fileName={dry.file.name} />}
      </section>
      <section class="card stack">
        <h2>{m('step3')}</h2>
        {posted && dry ? (
          <Posted answer={posted} fileName={dry.file.name} onAnother={() => choose(null)} />
        ) : (
          <PostForReal obstacle={obstacle} busy={busy} onPost={() => setAsking(true)} />
        )}
      </section>
      {asking && dry && <PostConfirm dry={dry} onYes={() => void post()} onClose={() => setAsking(false)} />}
    </div>
  )
}
