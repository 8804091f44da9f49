/// Labelled input with hint and error, tied together for screen readers.
import type { ComponentChildren } from 'preact'

interface Props {
  id: string
  type?: 'text' | 'tel' | 'password' | 'search' | 'date' | 'datetime-local'
  inputMode?: 'text' | 'numeric' | 'tel'
  autocomplete?: string
  autocapitalize?: 'none' | 'characters'
  pattern?: string
  required?: boolean
  maxLength?: number
  placeholder?: string
  disabled?: boolean
  label: string
  value: string
  onValue: (value: string) => void
  hint?: ComponentChildren
  error?: string | null | undefined
  /** Something at the right of the input, such as a button. */
  extra?: ComponentChildren
}

export function Field({ id, label, value, onValue, hint, error, extra, type = 'text', ...rest }: Props) {
  const described = [error ? `${id}-error` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-row">
        <input
          {...rest}
          // Preact's types know an input only by one literal type at a time.
          type={type as 'text'}
          id={id}
          name={id}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
          aria-invalid={Boolean(error)}
          {...(described ? { 'aria-describedby': described } : {})}
        />
        {extra}
      </div>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <p class="error" id={`${id}-error`} aria-live="polite">
        {error}
      </p>
    </div>
  )
}
