/// A notice with an icon and a word, never colour alone.
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon'

type Tone = 'info' | 'good' | 'warn' | 'bad'
const ICONS: Record<Tone, IconName> = { info: 'info', good: 'tick', warn: 'alert', bad: 'cross' }

interface Props {
  tone?: Tone
  children: ComponentChildren
  /** `alert` interrupts a screen reader; use it for what the person must know now. */
  role?: 'status' | 'alert'
}

export function Notice({ tone = 'info', children, role = 'status' }: Props) {
  return (
    <div class={`notice ${tone}`} role={role}>
      <Icon name={ICONS[tone]} />
      <div>{children}</div>
    </div>
  )
}
