/// Check by document number, with a purpose; from there to the personal file and a paper code.
import { useState } from 'preact/hooks'
import type { CheckAnswer, DocumentInput, Role } from '../api/types'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Notice } from '../ui/notice'
import { canonicalNumber } from '../ui/resident_id'
import { DocumentInputs } from './document_inputs'
import { ColourBadge, Facts, LatestTest, Reasons, vaccineText, when } from './health'
import { PaperIssue } from './paper_issue'
import { PersonFilePanel } from './person_file'
import { useRequest } from './request'
import { client } from './session'
import { c } from './text/console'
import { mayIssuePaper, mayOpenFile } from './tools'

function Answer({ answer }: { answer: CheckAnswer }) {
  return (
    <section class="card stack" data-test="check-answer" aria-live="polite">
      <ColourBadge colour={answer.colour} />
      <Facts
        rows={[
          [c('maskedName'), answer.name],
          [c('documentTail'), answer.documentTail],
          [c('reasons'), <Reasons items={answer.reasons} />],
          [c('test'), <LatestTest test={answer.test} />],
          [c('vaccine'), vaccineText(answer.vaccine)],
          [c('asOf'), when(answer.asOf)],
        ]}
      />
    </section>
  )
}

export function Check({ role }: { role: Role }) {
  const [document, setDocument] = useState<DocumentInput>({ kind: 'resident-id', number: '' })
  const [purpose, setPurpose] = useState('')
  const [found, setFound] = useState<{ answer: CheckAnswer; purpose: string } | null>(null)
  const { busy, error, run } = useRequest()
  const submit = async (event: Event) => {
    event.preventDefault()
    setFound(null)
    const body = { document: { ...document, number: canonicalNumber(document.number) }, purpose: purpose.trim() }
    const answer = await run(() => client.post<CheckAnswer>('/v1/checks', body))
    if (answer) setFound({ answer, purpose: body.purpose })
  }
  return (
    <div class="stack">
      <form class="card row no-print" onSubmit={(event) => void submit(event)} noValidate data-test="check-form">
        <DocumentInputs value={document} onValue={setDocument} />
        <Field id="purpose" label={c('purpose')} hint={c('purposeHint')} value={purpose} onValue={setPurpose} maxLength={200} />
        <Button type="submit" look="primary" busy={busy} disabled={!document.number || !purpose.trim()} data-test="check">
          {c('checkButton')}
        </Button>
      </form>
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      {found && (
        <>
          <div class="no-print">
            <Answer answer={found.answer} />
          </div>
          {mayIssuePaper(role) && <PaperIssue personId={found.answer.personId} purpose={found.purpose} />}
          {mayOpenFile(role) && <PersonFilePanel personId={found.answer.personId} purpose={found.purpose} />}
        </>
      )}
    </div>
  )
}
