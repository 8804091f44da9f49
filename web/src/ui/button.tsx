/// Button and link-like button on the native element.
import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'

interface Props extends ButtonHTMLAttributes {
  look?: 'primary' | 'plain' | 'danger' | 'link'
  /** Work is under way: not pressable, announced as busy. */
  busy?: boolean
  children: ComponentChildren
}

export function Button({ look = 'plain', busy = false, disabled, children, ...rest }: Props) {
  return (
    <button type="button" {...rest} class={`button ${look}`} disabled={busy || disabled} aria-busy={busy}>
      {children}
    </button>
  )
}
