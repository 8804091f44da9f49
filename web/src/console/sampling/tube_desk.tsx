/// Finds a tube by its barcode, with a purpose: who is in it and what the lab told; a lab amends from here.
import { useState } from 'preact/hooks'
import type { Role } from '../../api/types'
import { readBarcode } from '../../ui/barcode'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { useRequest } from '../request'
import { client } from '../session'
import { c } from '../text/console'
import { l } from '../text/lab'
import { g } from '../text/sampling'
import './sampling.css'
import { TubeView } from './tube_view'
import type { TubeFile, TubeRowOutcome } from './types'

function AmendmentNotice({ outcome: { status, version, people } }: { outcome: TubeRowOutcome }) {
  const text = status === 'recorded' ? l('amended', { version: version ?? '', n: people ?? 0 }) : l('amendedDuplicate')
  return (
    <Notice tone="good">
      <span data-test="amended">{text}</span>
    </Notice>
  )
}

export default function TubeDesk({ role }: { role: Role }) {
  const [typed, setTyped] = useState('')
  const [purpose, setPurpose] = useState('')
  const [wrong, setWrong] = useState('')
  const [file, setFile] = useState<TubeFile | null>(null)
  const [amendment, setAmendment] = useState<TubeRowOutcome | null>(null)
  const { busy, error, run } = useRequest()
  const read = (code: string) => run(() => client.get<TubeFile>(`/v1/tubes/${code}?purpose=${encodeURIComponent(purpose.trim())}`))
  const submit = async (event: Event) => {
    event.preventDefault()
    setFile(null)
    setAmendment(null)
    const found = readBarcode(typed)
    setWrong('error' in found ? g(`barcode-${found.error}`) : '')
    if ('barcode' in found) setFile(await read(found.barcode))
  }
  const reload = async (outcome?: TubeRowOutcome) => {
    setAmendment(outcome ?? null)
    const again = file && (await read(file.tube))
    if (again) setFile(again)
  }
  return (
    <div class="stack">
      <form class="card row" onSubmit={(event) => void submit(event)} noValidate data-test="tube-form">
        {/* The scanner presses Enter: what is typed before it comes first. */}
        <Field id="tube-purpose" label={c('purpose')} hint={g('purposeHint')} value={purpose} onValue={setPurpose} maxLength={130} autocomplete="off" />
        <Field id="tube-barcode" label={g('tubeBarcode')} hint={g('tubeHint')} value={typed} onValue={setTyped} error={wrong} maxLength={40} autocomplete="off" autocapitalize="characters" />
        <Button type="submit" look="primary" busy={busy} disabled={!typed.trim() || !purpose.trim()} data-test="find-tube">
          {g('find')}
        </Button>
      </form>
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      {amendment && <AmendmentNotice outcome={amendment} />}
      {file && <TubeView file={file} role={role} onChanged={(outcome) => void reload(outcome)} />}
    </div>
  )
}
