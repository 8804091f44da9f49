/// Document kind and number on one line of a form.
import type { DocumentInput } from '../api/types'
import { Field } from '../ui/field'
import { Select } from '../ui/select'
import { KINDS } from './kinds'
import { c } from './text/console'

interface Props {
  value: DocumentInput
  onValue: (value: DocumentInput) => void
}

export function DocumentInputs({ value, onValue }: Props) {
  return (
    <>
      <Select
        id="document-kind"
        label={c('kind')}
        value={value.kind}
        options={KINDS.map((kind) => [kind, c(kind)] as const)}
        onValue={(kind) => onValue({ ...value, kind })}
      />
      <Field
        id="document-number"
        label={c('number')}
        value={value.number}
        onValue={(number) => onValue({ ...value, number })}
        maxLength={24}
        autocomplete="off"
      />
    </>
  )
}
