/// One declaration: what is declared, what it rests on, accepted or refused.
import { useState } from 'preact/hooks'
import { Problem } from '../../api/problem'
import { useArrival } from '../../ui/arrival'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { Refusal } from '../../ui/refusal'
import { Facts, when } from '../health'
import { client, failureText, session } from '../session'
import { d } from '../text/community'
import { EvidenceViewer } from './evidence'
import type { Declaration } from './shapes'

interface Props {
  declaration: Declaration
  onReviewed: (declaration: Declaration) => void
  onClose: () => void
}

/** Number of the member of staff who recorded it, if one did. */
function recorder({ declaredBy }: Declaration): number | null {
  if (declaredBy === null || declaredBy === undefined) return null
  return typeof declaredBy === 'number' ? declaredBy : declaredBy.staffId
}

/** Is there something to be looked at before it is accepted? */
export function hasFile({ evidence }: Declaration): boolean {
  return evidence === 'upload' || evidence === 'eu-dcc'
}

function Decision({ declaration, isSeen, onReviewed }: { declaration: Declaration; isSeen: boolean; onReviewed: Props['onReviewed'] }) {
  const [remark, setRemark] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<(() => string) | null>(null)
  const { personId, id } = declaration
  const decide = async (accept: boolean) => {
    setBusy(true)
    setFailure(null)
    const why = remark.trim()
    try {
      onReviewed(await client.post<Declaration>(`/v1/people/${personId}/declarations/${id}/review`, { accept, ...(why ? { remark: why } : {}) }))
    } catch (error) {
      setBusy(false)
      const isSecond = error instanceof Problem && error.code === 'second-person-needed'
      const text = isSecond ? '' : failureText(error)
      setFailure(() => () => (isSecond ? d('secondPerson') : text))
    }
  }
  return (
    <div class="stack">
      <Field id="review-remark" label={d('remark')} value={remark} onValue={setRemark} maxLength={130} />
      {!isSeen && <p class="quiet">{d('evidenceFirst')}</p>}
      {failure && <Refusal>{failure()}</Refusal>}
      <div class="buttons">
        <Button look="primary" busy={busy} disabled={!isSeen} onClick={() => void decide(true)} data-test="accept">
          {d('accept')}
        </Button>
        <Button look="danger" busy={busy} disabled={!remark.trim()} onClick={() => void decide(false)} data-test="refuse">
          {d('refuse')}
        </Button>
      </div>
    </div>
  )
}

export function Review({ declaration, onReviewed, onClose }: Props) {
  const heading = useArrival()
  const [isSeen, setSeen] = useState(!hasFile(declaration))
  const { person, campaign, kind, sampled, evidence, declared, review, reviewed, remark } = declaration
  const name = person?.name ?? declaration.personId
  const isOwn = recorder(declaration) === session.value?.staff.id
  return (
    <section class="card stack" data-test="review">
      <div class="head">
        <h2 ref={heading} tabIndex={-1}>
          {name} · {person?.documentTail}
        </h2>
        <Button onClick={onClose}>{d('closePerson')}</Button>
      </div>
      <Facts
        rows={[
          [d('round'), campaign ?? d('withoutRound')],
          [d('kind'), d(kind)],
          [d('sampled'), sampled ? when(sampled) : '—'],
          [d('evidence'), d(`evidence-${evidence}`)],
          [d('declared'), `${when(declared)}${recorder(declaration) === null ? '' : ` · ${d('declaredBy')}`}`],
          [d('reviewState'), `${d(`review-${review}`)}${reviewed ? ` · ${d('reviewedBy', { name: reviewed.name, time: when(reviewed.at) })}` : ''}${remark ? ` · ${remark}` : ''}`],
        ]}
      />
      {hasFile(declaration) && <EvidenceViewer declaration={declaration} name={name} onSeen={() => setSeen(true)} />}
      {review === 'waiting' && isOwn && (
        <Notice>
          <span data-test="own-declaration">{d('ownDeclaration')}</span>
        </Notice>
      )}
      {review === 'waiting' && !isOwn && <Decision declaration={declaration} isSeen={isSeen} onReviewed={onReviewed} />}
    </section>
  )
}
