/// Loads a list page by page.
import { useRef, useState } from 'preact/hooks'
import type { Page } from '../api/types'
import { useRequest } from './request'
import { client } from './session'

export interface Pages<T> {
  items: T[]
  /** There is another page. */
  more: boolean
  busy: boolean
  error: string
  /** Loads the first page of `path` (which may have a query). */
  load: (path: string) => Promise<void>
  /** Loads the next page of the same path. */
  next: () => Promise<void>
}

export function usePages<T>(): Pages<T> {
  const [shown, setShown] = useState<{ path: string; items: T[]; cursor: string | null }>({ path: '', items: [], cursor: null })
  const { busy, error, run } = useRequest()
  const asked = useRef(0)
  const fetchPage = async (path: string, cursor: string | null, before: T[]) => {
    asked.current += 1
    const mine = asked.current
    // What belongs to another question must not stand under this one.
    if (path !== shown.path) setShown({ path, items: [], cursor: null })
    const query = cursor ? `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}` : ''
    const page = await run(() => client.get<Page<T>>(path + query))
    if (page && mine === asked.current) setShown({ path, items: [...before, ...page.items], cursor: page.nextCursor ?? null })
  }
  return {
    items: shown.items,
    more: shown.cursor !== null,
    busy,
    error,
    load: (path) => fetchPage(path, null, []),
    next: () => fetchPage(shown.path, shown.cursor, shown.items),
  }
}
