/// A panel that opens elsewhere on the page takes the focus to its heading, so that nobody has to look for it.
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** For the heading, which also needs `tabIndex={-1}`. */
export function useArrival(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return heading
}
