/// Scanned rows kept in this tab, so that a reload loses neither them nor their ids.
import { useState } from 'preact/hooks'
import type { TypedRow } from './typed_rows'

const keyOf = (staffId: number) => `yimatong-lab-rows-${staffId}`

function kept(staffId: number): TypedRow[] {
  try {
    const rows = JSON.parse(sessionStorage.getItem(keyOf(staffId)) ?? '[]') as unknown
    return Array.isArray(rows) ? (rows as TypedRow[]) : []
  } catch {
    return []
  }
}

/** Rows of one member of staff. `change` answers them as they are after the change. */
export function useKeptRows(staffId: number): [TypedRow[], (change: (rows: TypedRow[]) => TypedRow[]) => void] {
  const [rows, setRows] = useState(() => kept(staffId))
  const change = (how: (rows: TypedRow[]) => TypedRow[]) =>
    setRows((before) => {
      const after = how(before)
      sessionStorage.setItem(keyOf(staffId), JSON.stringify(after))
      return after
    })
  return [rows, change]
}
