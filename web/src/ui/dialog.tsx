/// Sheet on the native dialog: focus is trapped, Escape closes it, the page behind is inert.
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useReturn } from './arrival'

interface Props {
  title: string
  onClose: () => void
  children: ComponentChildren
}

/** Shown for as long as it is rendered. */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const gone = useRef(false)
  useReturn()
  // Before anything is painted: a key pressed at once must meet the sheet, not the page behind it.
  useLayoutEffect(() => {
    const shown = dialog.current
    if (shown && !shown.open) shown.showModal()
    return () => {
      // The event comes later, when another sheet may be open that nobody has closed.
      gone.current = true
      shown?.close()
    }
  }, [])
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="dialog-title" onClose={() => gone.current || onClose()}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  )
}
