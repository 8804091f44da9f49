/// The name of the lab, remembered in this tab: it is the same for every result of a shift.
import { useState } from 'preact/hooks'

const KEPT = 'yimatong-institution'

export function useInstitution(): [string, (name: string) => void] {
  const [name, setName] = useState(() => sessionStorage.getItem(KEPT) ?? '')
  const keep = (next: string) => {
    setName(next)
    sessionStorage.setItem(KEPT, next)
  }
  return [name, keep]
}
