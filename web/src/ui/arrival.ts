/// Where the focus goes when a panel opens and closes, so that nobody who works by keyboard or screen reader has to look for it.
import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

const NAMES = 'h1, h2, h3'

/** Nothing has the focus, or what has it is about to lose it. */
function isLost(): boolean {
  const at = document.activeElement
  return at === null || at === document.body || at.matches(':disabled')
}

/** The heading over a button in its section; without one the tab that shows the section. */
function nameOver(button: HTMLElement): HTMLElement | undefined {
  const last = (all: Iterable<HTMLElement> = []) => [...all].filter((each) => each.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING).at(-1)
  return last(button.closest('section')?.querySelectorAll<HTMLElement>(NAMES)) ?? last(document.querySelectorAll<HTMLElement>('[role=tab][aria-selected=true]'))
}

/** Where to go back to: what has the focus now, and what names the place in case that is gone by then. */
function placesNow(): HTMLElement[] {
  const opener = document.activeElement
  if (!(opener instanceof HTMLElement) || opener === document.body) return []
  const name = nameOver(opener)
  return name ? [opener, name] : [opener]
}

/** Goes back, and once more when the place disappears before anybody does anything: lists are read anew after a panel. */
function goBack(places: readonly HTMLElement[]): void {
  const settle = () => {
    if (!isLost()) return
    const place = places.find((each) => each.isConnected && !each.matches(':disabled'))
    if (place?.matches(NAMES)) place.tabIndex = -1
    place?.focus()
  }
  const watch = new MutationObserver(settle)
  const end = () => watch.disconnect()
  settle()
  watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] })
  for (const act of ['pointerdown', 'keydown', 'click']) addEventListener(act, end, { capture: true, once: true })
}

/** For a panel that a button opens: when it closes the focus returns to the button, or to the heading over it. */
export function useReturn(): void {
  const [places] = useState(placesNow)
  // The panel is still on the page while it is taken away.
  useEffect(() => () => void (places.length > 0 && queueMicrotask(() => goBack(places))), [])
}

/** For the heading of a panel that opens elsewhere on the page, which also needs `tabIndex={-1}`. */
export function useArrival(): RefObject<HTMLHeadingElement | null> {
  useReturn()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return heading
}

/** For what takes the place of what had the focus: its heading or itself, with `tabIndex={-1}`. */
export function useSuccession<E extends HTMLElement>(): RefObject<E | null> {
  const successor = useRef<E>(null)
  useEffect(() => void (isLost() && successor.current?.focus()), [])
  return successor
}
