/// Adds a relative: document, name and relation.
import { useState } from 'preact/hooks'
import type { Relative } from '../api/types'
import { Button } from '../ui/button'
import { Checkbox } from '../ui/checkbox'
import { Field } from '../ui/field'
import { Notice } from '../ui/notice'
import { Select } from '../ui/select'
import { DOCUMENT_FIELDS, DocumentFields, documentError, identityBody, NO_DOCUMENT } from './document_fields'
import { RELATIONS, type Relation, relationText } from './relation'
import { useSubmission } from './submission'
import { g } from './text/family'
import { f } from './text/forms'
import { t } from './text/code'

const FIELDS = ['name', ...DOCUMENT_FIELDS]

export function RelativeForm({ onAdded, onCancel }: { onAdded: (item: Relative) => void; onCancel: () => void }) {
  const [document, setDocument] = useState(NO_DOCUMENT)
  const [name, setName] = useState('')
  const [relation, setRelation] = useState<Relation>('child')
  const [chosen, setChosen] = useState<boolean | null>(null)
  // Children live with whom they are added by; of an elder nobody can know.
  const sharesHome = chosen ?? relation === 'child'
  const [early, setEarly] = useState<string | null>(null)
  const { busy, error, fieldErrors, send } = useSubmission<Relative>('/v1/relatives', FIELDS)
  const submit = async (event: Event) => {
    event.preventDefault()
    const wrong = documentError(document, true)
    setEarly(wrong)
    if (wrong) return
    const item = await send({ ...identityBody(document), name: name.trim(), relation, sharesHome })
    if (item) onAdded(item)
  }
  const errors = early ? { ...fieldErrors, 'document.number': early } : fieldErrors
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate data-test="relative-form">
      <h2>{g('addTitle')}</h2>
      <Select
        id="relation"
        label={g('relation')}
        value={relation}
        options={RELATIONS.map((item) => [item, relationText(item)] as const)}
        onValue={setRelation}
      />
      <DocumentFields value={document} onValue={setDocument} errors={errors} />
      <Field id="name" label={f('name')} hint={f('nameHint')} value={name} onValue={setName} maxLength={60} error={fieldErrors.name} />
      <Checkbox id="shares-home" checked={sharesHome} onValue={setChosen}>
        {g('sharesHome')}
        <br />
        <small class="quiet">{g('sharesHomeHint')}</small>
      </Checkbox>
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      <Button type="submit" look="primary" busy={busy} disabled={!name.trim()} data-test="submit-relative">
        {g('add')}
      </Button>
      <Button onClick={onCancel}>{t('cancel')}</Button>
    </form>
  )
}
