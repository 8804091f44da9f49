/// A few choices to be seen all at once, on native radio buttons.
interface Props<V extends string> {
  name: string
  label: string
  /** Null where nothing has been chosen. */
  value: V | null
  /** Value, words, and a line below them. */
  options: readonly (readonly [V, string, string?])[]
  onValue: (value: V) => void
  error?: string | undefined
}

export function Choices<V extends string>({ name, label, value, options, onValue, error }: Props<V>) {
  return (
    <fieldset class="choices" aria-describedby={error ? `${name}-error` : undefined}>
      <legend>{label}</legend>
      {options.map(([option, words, hint]) => (
        <label key={option} class="choice" data-test={`${name}-${option}`}>
          <input type="radio" name={name} value={option} checked={option === value} onChange={() => onValue(option)} />
          <span>
            {words}
            {hint && option === value && <small>{hint}</small>}
          </span>
        </label>
      ))}
      {error && (
        <p class="error" id={`${name}-error`} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  )
}
