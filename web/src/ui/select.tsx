/// Labelled choice on the native select.
interface Props<V extends string> {
  id: string
  label: string
  value: V
  /** Value and visible text, in order. */
  options: readonly (readonly [V, string])[]
  onValue: (value: V) => void
}

export function Select<V extends string>({ id, label, value, options, onValue }: Props<V>) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-row">
        <select id={id} name={id} value={value} onChange={(event) => onValue(event.currentTarget.value as V)}>
          {options.map(([option, text]) => (
            <option key={option} value={option} selected={option === value}>
              {text}
            </option>
          ))}
        </select>
      </div>
    </div>
  )
}
