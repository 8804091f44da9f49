/// One person of a list: the whole file, opened with a purpose that goes on record.
import { useState } from 'preact/hooks'
import { useArrival } from '../../ui/arrival'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { PersonFilePanel } from '../person_file'
import { d } from '../text/community'
import type { PersonBrief } from '../../api/types'

export function PersonCard({ person, onClose }: { person: PersonBrief; onClose: () => void }) {
  const heading = useArrival()
  const [purpose, setPurpose] = useState('')
  return (
    <section class="card stack no-print" data-test="person-card">
      <div class="head">
        <h2 ref={heading} tabIndex={-1}>
          {d('person')}: {person.name} · {person.documentTail}
        </h2>
        <Button onClick={onClose}>{d('closePerson')}</Button>
      </div>
      <Field id="person-purpose" label={d('purpose')} hint={d('purposeHint')} value={purpose} onValue={setPurpose} maxLength={200} />
      {purpose.trim() && <PersonFilePanel key={person.personId} personId={person.personId} purpose={purpose.trim()} />}
    </section>
  )
}
