/// A declaration recorded for somebody who came to the community: found by document, or taken from the list.
import { useState } from 'preact/hooks'
import type { CheckAnswer, DocumentInput } from '../../api/types'
import { useSuccession } from '../../ui/arrival'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { canonicalNumber } from '../../ui/resident_id'
import { Select } from '../../ui/select'
import type { Campaign } from '../campaigns/shapes'
import { msOf } from '../campaigns/windows'
import { DocumentInputs } from '../document_inputs'
import { useRequest } from '../request'
import { client } from '../session'
import { d } from '../text/community'
import type { PersonBrief } from '../../api/types'
import type { DeclarationKind } from '../../api/resident'

const KINDS: readonly DeclarationKind[] = ['vaccinated', 'outside-city', 'at-work']

type Found = Pick<PersonBrief, 'personId' | 'name' | 'documentTail'>

function FindPerson({ onFound }: { onFound: (person: Found) => void }) {
  const form = useSuccession<HTMLFormElement>()
  const [document, setDocument] = useState<DocumentInput>({ kind: 'resident-id', number: '' })
  const { busy, error, run } = useRequest()
  const submit = async (event: Event) => {
    event.preventDefault()
    const body = { document: { ...document, number: canonicalNumber(document.number) }, purpose: d('record') }
    const answer = await run(() => client.post<CheckAnswer>('/v1/checks', body))
    if (answer) onFound(answer)
  }
  return (
    <form ref={form} tabIndex={-1} aria-label={d('findPerson')} class="row" onSubmit={(event) => void submit(event)} noValidate data-test="record-find">
      <DocumentInputs value={document} onValue={setDocument} />
      <Button type="submit" busy={busy} disabled={!document.number} data-test="find-person">
        {d('findPerson')}
      </Button>
      {error && <Notice tone="bad">{error}</Notice>}
    </form>
  )
}

/** Whom the declaration is for. */
function Chosen({ person, onChange }: { person: Found; onChange: () => void }) {
  const name = useSuccession<HTMLParagraphElement>()
  return (
    <p ref={name} tabIndex={-1} data-test="record-for">
      <strong data-test="record-person">{d('found', { name: person.name, tail: person.documentTail })}</strong>{' '}
      <Button look="link" onClick={onChange}>
        {d('change')}
      </Button>
    </p>
  )
}

interface Props {
  round: Campaign
  person: Found | null
  onPerson: (person: Found | null) => void
}

export function RecordDeclaration({ round, person, onPerson }: Props) {
  const [kind, setKind] = useState<DeclarationKind>('vaccinated')
  const [sampled, setSampled] = useState('')
  const [recorded, setRecorded] = useState<string | null>(null)
  const { busy, error, run } = useRequest()
  const sampledMs = msOf(sampled)
  const needsTime = kind === 'outside-city'
  const submit = async (event: Event) => {
    event.preventDefault()
    if (!person) return
    const body = { campaign: round.number, kind, ...(needsTime && sampledMs !== null ? { sampled: new Date(sampledMs).toISOString() } : {}) }
    const done = await run(() => client.post(`/v1/people/${person.personId}/declarations`, body).then(() => true))
    if (!done) return
    setRecorded(person.name)
    setKind('vaccinated')
    setSampled('')
    onPerson(null)
  }
  return (
    <section class="card stack" data-test="record">
      <p class="quiet">{d('recordHint')}</p>
      <div aria-live="polite">{recorded && !person && <Notice tone="good">{d('recorded', { name: recorded })}</Notice>}</div>
      {!person && <FindPerson onFound={onPerson} />}
      {person && (
        <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
          <Chosen person={person} onChange={() => onPerson(null)} />
          <div class="row">
            <Select id="declaration-kind" label={d('kind')} value={kind} options={KINDS.map((each) => [each, d(each)] as const)} onValue={setKind} />
            {needsTime && <Field id="declaration-sampled" type="datetime-local" label={d('sampled')} value={sampled} onValue={setSampled} />}
            <Button type="submit" look="primary" busy={busy} disabled={needsTime && sampledMs === null} data-test="submit-declaration">
              {d('submit')}
            </Button>
          </div>
          {error && <Notice tone="bad">{error}</Notice>}
        </form>
      )}
    </section>
  )
}
