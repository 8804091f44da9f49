/// The evidence of a declaration: asked for with a purpose, shown without trusting it.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { dateTime } from '../../i18n/time'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { Facts, vaccineText } from '../health'
import { useRequest } from '../request'
import { client } from '../session'
import { d } from '../text/community'
import { c, word } from '../text/console'
import type { CertificateFacts } from './certificate'
import { evidenceFile } from './evidence_file'
import type { Declaration, EvidenceAnswer } from './shapes'

/** An address of the blob for as long as it is shown. */
function useAddress(blob: Blob | null): string {
  const address = useMemo(() => (blob ? URL.createObjectURL(blob) : ''), [blob])
  useEffect(() => () => (address ? URL.revokeObjectURL(address) : undefined), [address])
  return address
}

function Upload({ answer, name }: { answer: EvidenceAnswer; name: string }) {
  const file = useMemo(() => evidenceFile(answer.mediaType ?? '', answer.data ?? ''), [answer])
  const address = useAddress('blob' in file ? file.blob : null)
  if (file.show === 'bad') {
    return (
      <Notice tone="bad">
        <span data-test="evidence-bad">{d('badFile')}</span>
      </Notice>
    )
  }
  if (file.show === 'image') return <img class="evidence" src={address} alt={d('imageAlt', { name })} data-test="evidence-image" />
  return (
    <Notice>
      <p>{d('pdf')}</p>
      <a class="button" href={address} download="evidence.pdf" data-test="evidence-pdf">
        {d('downloadPdf')}
      </a>
    </Notice>
  )
}

function Certificate({ text }: { text: string }) {
  const [facts, setFacts] = useState<CertificateFacts | null>(null)
  useEffect(() => {
    // Who can't read it sees the text.
    import('./certificate').then(({ readCertificate }) => readCertificate(text)).then(setFacts, () => setFacts(null))
  }, [text])
  return (
    <div class="stack" data-test="certificate">
      <Notice tone="good">{d('evidence-eu-dcc')}</Notice>
      {facts && (
        <Facts
          rows={[
            [d('dccPerson'), facts.name],
            [d('dccBirth'), facts.birthDate || '—'],
            [c('test'), facts.test ? `${word(facts.test.outcome)} · ${c('sampled')} ${dateTime(facts.test.sampledMs)} · ${facts.test.institution}` : '—'],
            [c('vaccine'), vaccineText(facts.vaccine)],
          ]}
        />
      )}
      <details>
        <summary>{d('dccText')}</summary>
        <p class="certificate" data-test="evidence-text">
          {text}
        </p>
      </details>
    </div>
  )
}

function Shown({ answer, name }: { answer: EvidenceAnswer; name: string }) {
  if (answer.kind === 'upload') return <Upload answer={answer} name={name} />
  if (answer.kind === 'eu-dcc') return <Certificate text={answer.text ?? ''} />
  return <Notice>{d(answer.kind === 'community' ? 'evidence-community' : 'noEvidence')}</Notice>
}

interface Props {
  declaration: Declaration
  name: string
  /** It has been looked at. */
  onSeen: () => void
}

export function EvidenceViewer({ declaration, name, onSeen }: Props) {
  const [purpose, setPurpose] = useState('')
  const [answer, setAnswer] = useState<EvidenceAnswer | null>(null)
  const { busy, error, run } = useRequest()
  const { personId, id } = declaration
  const open = async (event: Event) => {
    event.preventDefault()
    const got = await run(() => client.get<EvidenceAnswer>(`/v1/people/${personId}/declarations/${id}/evidence?purpose=${encodeURIComponent(purpose.trim())}`))
    if (!got) return
    setAnswer(got)
    onSeen()
  }
  if (answer) return <Shown answer={answer} name={name} />
  return (
    <form class="row" onSubmit={(event) => void open(event)} noValidate>
      <Field id="evidence-purpose" label={d('purpose')} value={purpose} onValue={setPurpose} maxLength={200} />
      <Button type="submit" busy={busy} disabled={!purpose.trim()} data-test="open-evidence">
        {d('openEvidence')}
      </Button>
      {error && <Notice tone="bad">{error}</Notice>}
    </form>
  )
}
