/// Table of rows; scrolls sideways inside itself, reachable by keyboard.
import type { ComponentChildren } from 'preact'

interface Props {
  /** Says what the table holds, to screen readers. */
  label: string
  heads: readonly ComponentChildren[]
  rows: readonly { key: string | number; cells: readonly ComponentChildren[] }[]
  /** Shown when there are no rows. */
  empty: string
}

export function Table({ label, heads, rows, empty }: Props) {
  if (rows.length === 0) return <p class="quiet">{empty}</p>
  return (
    <div class="table" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {heads.map((head, i) => (
              <th key={i} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, i) => (
                <td key={i}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
