/// Declares something for the holder or a relative.
import { useEffect, useState } from 'preact/hooks'
import type { Declaration } from '../../api/resident'
import { pick } from '../../i18n/lang'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import '../../ui/form.css'
import { Notice } from '../../ui/notice'
import { Select } from '../../ui/select'
import { useValue } from '../../ui/value'
import { relationText } from '../relation'
import { loadRelatives, relatives } from '../relatives_list'
import { schedule } from '../schedule/known'
import { byRound } from '../schedule/round'
import { cityNow, holding } from '../state'
import { useSubmission } from '../submission'
import { t } from '../text/code'
import { d } from '../text/declare'
import { CertificateField } from './certificate_field'
import { Choices } from './choices'
import './declare.css'
import { asksSampled, bodyOf, choicesFor, type Draft, EMPTY, errorsOf, KINDS, NO_ROUND, SELF } from './draft'
import { UploadField } from './upload_field'

/** Request fields that have a place of their own on the form. */
const FIELDS = ['sampled', 'evidence.text', 'evidence.data', 'evidence.mediaType']

interface Part {
  draft: Draft
  change: (more: Partial<Draft>) => void
}

/** Rounds that the holder or a relative has to do with, by their number. */
function useRounds(): (readonly [string, string])[] {
  const items = useValue(schedule.known)?.value.items ?? []
  useEffect(() => void schedule.recall(), [])
  return byRound(items).map(([{ number, nameZh, nameEn }]) => [String(number), pick(nameZh, nameEn)] as const)
}

function WhoAndRound({ draft, change, rounds }: Part & { rounds: (readonly [string, string])[] }) {
  const own = useValue(holding)?.code.name ?? ''
  const items = useValue(relatives) ?? []
  useEffect(() => void loadRelatives(), [])
  const people = [
    [SELF, `${d('self')} ${own}`] as const,
    ...items.map(({ personId, relation, code }) => [personId, `${relationText(relation)} ${code.name}`] as const),
  ]
  return (
    <>
      <Select id="whose" label={d('whose')} value={draft.whose} options={people} onValue={(whose) => change({ whose })} />
      {rounds.length > 0 && (
        <Select
          id="round"
          label={d('round')}
          value={draft.round}
          options={[...rounds, [NO_ROUND, d('noRound')] as const]}
          onValue={(round) => change({ round })}
        />
      )}
    </>
  )
}

function Proof({ draft, change, errors }: Part & { errors: Record<string, string> }) {
  const choices = choicesFor(draft.kind)
  return (
    <>
      {choices.length > 1 && (
        <Choices
          name="evidence"
          label={d('evidence')}
          value={draft.evidence}
          options={choices.map((choice) => [choice, d(`evidence-${choice}`)] as const)}
          onValue={(evidence) => change({ evidence })}
        />
      )}
      {draft.evidence === 'eu-dcc' && (
        <CertificateField value={draft.text} onValue={(text) => change({ text })} error={errors['evidence.text']} />
      )}
      {draft.evidence === 'upload' && (
        <UploadField
          value={draft.upload}
          onValue={(upload) => change({ upload })}
          error={errors['evidence.data'] ?? errors['evidence.mediaType']}
        />
      )}
      {asksSampled(draft) && (
        <Field
          id="sampled"
          type="datetime-local"
          label={d('sampled')}
          hint={d('sampledHint')}
          value={draft.sampled}
          onValue={(sampled) => change({ sampled })}
          error={errors.sampled}
        />
      )}
    </>
  )
}

/** Draft, early errors, and sending. */
function useDeclaration(rounds: (readonly [string, string])[], onSent: (sent: Declaration) => void) {
  const [typed, setTyped] = useState<Partial<Draft>>({})
  const [checked, setChecked] = useState(false)
  const { busy, error, fieldErrors, send } = useSubmission<Declaration>('/v1/declarations', FIELDS)
  // The only round is the one meant, also when the schedule is read after the form was opened.
  const draft: Draft = { ...EMPTY, round: rounds[0]?.[0] ?? NO_ROUND, ...typed }
  const change = (more: Partial<Draft>) => {
    const evidence = more.kind ? { evidence: choicesFor(more.kind)[0] ?? 'none' } : {}
    setTyped((before) => ({ ...before, ...evidence, ...more }))
  }
  const early = checked ? errorsOf(draft, cityNow()) : {}
  const words = Object.fromEntries(Object.entries(early).map(([field, key]) => [field, d(key)]))
  const submit = async (event: Event) => {
    event.preventDefault()
    setChecked(true)
    if (Object.keys(errorsOf(draft, cityNow())).length > 0) return
    const sent = await send(bodyOf(draft))
    if (sent) onSent(sent)
  }
  return { draft, change, busy, error, errors: { ...fieldErrors, ...words }, submit }
}

interface Props {
  onSent: (sent: Declaration) => void
  onCancel: () => void
}

export function DeclarationForm({ onSent, onCancel }: Props) {
  const rounds = useRounds()
  const { draft, change, busy, error, errors, submit } = useDeclaration(rounds, onSent)
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate data-test="declaration-form">
      <h2>{d('formTitle')}</h2>
      <WhoAndRound draft={draft} change={change} rounds={rounds} />
      <Choices
        name="kind"
        label={d('kind')}
        value={draft.kind}
        options={KINDS.map((kind) => [kind, d(kind), d(`${kind}Hint`)] as const)}
        onValue={(kind) => change({ kind })}
      />
      <Proof draft={draft} change={change} errors={errors} />
      {error && (
        <Notice tone="bad" role="alert">
          <span data-test="declaration-error">{error}</span>
        </Notice>
      )}
      <Button type="submit" look="primary" busy={busy} data-test="submit-declaration">
        {d('submit')}
      </Button>
      <Button onClick={onCancel}>{t('cancel')}</Button>
    </form>
  )
}
