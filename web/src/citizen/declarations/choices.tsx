/// A few choices to be seen all at once, on native radio buttons.
interface Props<V extends string> {
  name: string
  label: string
  value: V
  /** Value, words, and a line below them. */
  options: readonly (readonly [V, string, string?])[]
  onValue: (value: V) => void
}

export function Choices<V extends string>({ name, label, value, options, onValue }: Props<V>) {
  return (
    <fieldset class="choices">
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
    </fieldset>
  )
}
