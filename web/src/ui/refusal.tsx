/// Why the server refused: told at once, and given the focus that the button lost while it was busy.
import type { ComponentChildren } from 'preact'
import { useSuccession } from './arrival'
import { Notice } from './notice'

export function Refusal({ children }: { children: ComponentChildren }) {
  const place = useSuccession<HTMLDivElement>()
  return (
    <div ref={place} tabIndex={-1} data-test="refusal">
      <Notice tone="bad" role="alert">
        {children}
      </Notice>
    </div>
  )
}
