/// Declares something for the holder or a relative.
import { useEffect, useState } from 'preact/hooks'
import type { Declaration, ScheduleItem } from '../../api/resident'
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
import { cityNow, holding } from '../state'
import { useSubmission } from '../submission'
import { t } from '../text/code'
import { d } from '../text/declare'
import { CertificateField } from './certificate_field'
import { Choices } from './choices'
import './declare.css'
import { asksSampled, bodyOf, choicesFor, type Draft, EMPTY, errorsOf, KINDS, NO_ROUND, roundOf, roundsFor, SELF, UNCHOSEN } from './draft'
import { UploadField } from './upload_field'

/** Request fields that have a place of their own on the form. */
const FIELDS = ['campaign', 'kind', 'sampled', 'evidence.text', 'evidence.data', 'evidence.mediaType']

interface Part {
  draft: Draft
  change: (more: Partial<Draft>) => void
}

/** What is known of all rounds of the holder and their relatives. */
function useItems(): readonly ScheduleItem[] {
  useEffect(() => void schedule.recall(), [])
  return useValue(schedule.known)?.value.items ?? []
}

function WhoAndRound({ draft, change, rounds, error }: Part & { rounds: readonly ScheduleItem[]; error: string | undefined }) {
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
          options={[
            ...(draft.round === UNCHOSEN ? [[UNCHOSEN, d('roundChoose')] as const] : []),
            ...rounds.map(({ number, nameZh, nameEn }) => [String(number), pick(nameZh, nameEn)] as const),
            [NO_ROUND, d('noRound')] as const,
          ]}
          onValue={(round) => change({ round })}
        />
      )}
      {error && (
        <p class="error" id="round-error" role="alert">
          {error}
        </p>
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
function useDeclaration(items: readonly ScheduleItem[], onSent: (sent: Declaration) => void) {
  const [typed, setTyped] = useState<Partial<Draft>>({})
  const [checked, setChecked] = useState(false)
  const { busy, error, fieldErrors, send } = useSubmission<Declaration>('/v1/declarations', FIELDS)
  const rounds = roundsFor(typed.whose ?? SELF, items, cityNow())
  const draft: Draft = { ...EMPTY, ...typed, round: roundOf(typed.round, rounds) }
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
  return { draft, rounds, change, busy, error, errors: { ...fieldErrors, ...words }, submit }
}

interface Props {
  onSent: (sent: Declaration) => void
  onCancel: () => void
}

export function DeclarationForm({ onSent, onCancel }: Props) {
  const { draft, rounds, change, busy, error, errors, submit } = useDeclaration(useItems(), onSent)
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate data-test="declaration-form">
      <h2>{d('formTitle')}</h2>
      <WhoAndRound draft={draft} change={change} rounds={rounds} error={errors.campaign} />
      <Choices
        name="kind"
        label={d('kind')}
        value={draft.kind}
        options={KINDS.map((kind) => [kind, d(kind), d(`${kind}Hint`)] as const)}
        onValue={(kind) => change({ kind })}
        error={errors.kind}
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
