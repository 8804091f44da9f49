/// Loads a list page by page.
import { useState } from 'preact/hooks'
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
  const fetchPage = async (path: string, cursor: string | null, before: T[]) => {
    const query = cursor ? `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}` : ''
    const page = await run(() => client.get<Page<T>>(path + query))
    if (page) setShown({ path, items: [...before, ...page.items], cursor: page.nextCursor ?? null })
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
