/// Small label with a tone; the words carry the meaning.
import type { ComponentChildren } from 'preact'

export function Badge({ tone, children }: { tone: 'good' | 'warn' | 'bad' | 'quiet'; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>
}
