/// Small label with a tone; the words carry the meaning.
import type { ComponentChildren } from 'preact'
import './badge.css'

export function Badge({ tone, children }: { tone: 'good' | 'warn' | 'bad' | 'quiet'; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>
}
