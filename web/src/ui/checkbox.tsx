/// Labelled checkbox; the whole line is the target.
import type { ComponentChildren } from 'preact'

interface Props {
  id: string
  checked: boolean
  onValue: (checked: boolean) => void
  children: ComponentChildren
}

export function Checkbox({ id, checked, onValue, children }: Props) {
  return (
    <label class="checkbox" for={id}>
      <input id={id} type="checkbox" checked={checked} onChange={(event) => onValue(event.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  )
}
