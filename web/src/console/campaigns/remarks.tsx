/// What the server wants people to know about a document although nothing is wrong in it.
import { pick } from '../../i18n/lang'
import type { Remark } from './shapes'

export function Remarks({ notes = [] }: { notes?: readonly Remark[] | undefined }) {
  return (
    <>
      {notes.map(({ zh, en }) => (
        <p key={en} data-test="remark">
          {pick(zh, en)}
        </p>
      ))}
    </>
  )
}
