/// Parts that the form repeats: a text in two languages, a group of check boxes, hours.
import type { ComponentChildren } from 'preact'
import { Checkbox } from '../../ui/checkbox'
import { Field } from '../../ui/field'
import { f } from '../text/campaign_form'
import type { CampaignDocument, Words } from './document'
import { fieldId } from './problems'

/** What every part of the form gets. */
export interface PartProps {
  document: CampaignDocument
  onDocument: (document: CampaignDocument) => void
  /** What is wrong at a key. */
  errorAt: (path: string) => string
}

interface WordsProps {
  path: string
  label: string
  value: Words
  onValue: (value: Words) => void
  errorAt: (path: string) => string
  maxLength?: number
}

/** A long text needs more than a line. */
function Lines({ id, label, value, onValue, error, maxLength }: { id: string; label: string; value: string; onValue: (value: string) => void; error: string; maxLength: number }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        {...{ id, value, maxLength }}
        class="words"
        rows={2}
        aria-invalid={Boolean(error)}
        {...(error ? { 'aria-describedby': `${id}-error` } : {})}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <p class="error" id={`${id}-error`} aria-live="polite">
        {error}
      </p>
    </div>
  )
}

export function WordsFields({ path, label, value, onValue, errorAt, maxLength = 300 }: WordsProps) {
  return (
    <div class="halves">
      {(['zh', 'en'] as const).map((language) => (
        <Lines
          key={language}
          id={fieldId(`${path}.${language}`)}
          label={`${label} · ${f(language)}`}
          value={value[language]}
          onValue={(text) => onValue({ ...value, [language]: text })}
          error={errorAt(`${path}.${language}`)}
          maxLength={maxLength}
        />
      ))}
    </div>
  )
}

interface ChoicesProps<V extends string> {
  path: string
  legend: string
  options: readonly V[]
  chosen: readonly V[]
  onChosen: (chosen: V[]) => void
  words: (option: V) => string
  error?: string
  children?: ComponentChildren
}

/** Several of a few; kept in the order of the options. */
export function Choices<V extends string>({ path, legend, options, chosen, onChosen, words, error, children }: ChoicesProps<V>) {
  const set = (option: V, on: boolean) => onChosen(options.filter((each) => (each === option ? on : chosen.includes(each))))
  return (
    <fieldset class="choices" id={fieldId(path)} tabIndex={-1}>
      <legend>{legend}</legend>
      {options.map((option) => (
        <Checkbox key={option} id={fieldId(`${path}-${option}`)} checked={chosen.includes(option)} onValue={(on) => set(option, on)}>
          {words(option)}
        </Checkbox>
      ))}
      {children}
      <p class="error" aria-live="polite">
        {error}
      </p>
    </fieldset>
  )
}

/** Whole hours; nothing written is none, and the check says so. */
export function Hours({ path, label, value, onValue, error }: { path: string; label: string; value: number; onValue: (value: number) => void; error: string }) {
  return (
    <Field
      id={fieldId(path)}
      label={label}
      inputMode="numeric"
      maxLength={4}
      value={value ? String(value) : ''}
      onValue={(text) => onValue(Number(text.replace(/\D/g, '')))}
      error={error}
    />
  )
}
