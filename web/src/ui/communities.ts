/// Communities by part of their name, street or district, asked for after a pause in typing.
import { useEffect, useState } from 'preact/hooks'
import type { Community, Page } from '../api/types'

/** A pause in typing this long starts a search. */
const TYPING_PAUSE_MS = 350

/** Communities found; `late` if nobody answered in time; null while there is nothing to tell. */
export function useCommunities(query: string, get: <T>(path: string) => Promise<T>): Community[] | 'late' | null {
  const [found, setFound] = useState<Community[] | 'late' | null>(null)
  useEffect(() => {
    setFound(null)
    if (!query.trim()) return undefined
    let stale = false
    const timer = setTimeout(() => {
      get<Page<Community>>(`/v1/communities?query=${encodeURIComponent(query.trim())}`).then(
        (page) => !stale && setFound(page.items),
        () => !stale && setFound('late'),
      )
    }, TYPING_PAUSE_MS)
    return () => {
      stale = true
      clearTimeout(timer)
    }
  }, [query])
  return found
}
