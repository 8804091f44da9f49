/// A person in a list: masked name and end of the document; the file opens only with a purpose.
import { useState } from 'preact/hooks'
import type { Role } from '../../api/types'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { PersonFilePanel } from '../person_file'
import { c } from '../text/console'
import { g } from '../text/sampling'
import { mayOpenFile } from '../tools'
import './sampling.css'
import type { PersonBrief } from '../../api/types'

/** Asks for the purpose first: whoever opens a file says why, and it goes on record. */
function FileDialog({ person, onClose }: { person: PersonBrief; onClose: () => void }) {
  const [purpose, setPurpose] = useState('')
  return (
    <Dialog title={g('fileOf', { name: person.name })} onClose={onClose}>
      <div class="stack wide">
        <Field id="file-purpose" label={c('purpose')} hint={g('filePurposeHint')} value={purpose} onValue={setPurpose} maxLength={200} autocomplete="off" />
        {purpose.trim() && <PersonFilePanel key={purpose.trim()} personId={person.personId} purpose={purpose.trim()} />}
        <Button onClick={onClose}>{g('close')}</Button>
      </div>
    </Dialog>
  )
}

export function PersonCell({ person, role }: { person: PersonBrief; role: Role }) {
  const [open, setOpen] = useState(false)
  return (
    <span class="person" data-test={`person-${person.personId}`}>
      {person.name || g('unread')} <small class="quiet">…{person.documentTail}</small>
      {mayOpenFile(role) && (
        <span class="no-print">
          <Button look="link" onClick={() => setOpen(true)} data-test={`file-${person.personId}`} aria-label={g('fileOf', { name: person.name })}>
            {g('file')}
          </Button>
        </span>
      )}
      {open && <FileDialog person={person} onClose={() => setOpen(false)} />}
    </span>
  )
}

/** Where the person lives, as far as the list says. */
export function homeOf({ communityName, communityId, householdId }: PersonBrief): string {
  const community = communityName ?? (communityId == null ? '' : g('communityNumber', { n: communityId }))
  return [community, householdId ? g('household', { n: householdId }) : ''].filter(Boolean).join(' · ') || '—'
}
