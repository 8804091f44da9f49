/// Creates a staff account.
import { useState } from 'preact/hooks'
import type { NewStaff, Role } from '../api/types'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Notice } from '../ui/notice'
import { Select } from '../ui/select'
import { useRequest } from './request'
import { client } from './session'
import { c } from './text/console'

const ROLES: readonly Role[] = [
  'verifier',
  'sampler',
  'lab',
  'community-worker',
  'tracer',
  'headquarters',
  'approver',
  'hotline-agent',
  'operator',
  'auditor',
]

export function AccountForm({ onCreated }: { onCreated: (account: NewStaff) => void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('verifier')
  const [venue, setVenue] = useState('')
  const { busy, error, run } = useRequest()
  const submit = async (event: Event) => {
    event.preventDefault()
    const body = { name: name.trim(), role, ...(/^\d+$/.test(venue) ? { venueId: Number(venue) } : {}) }
    const made = await run(() => client.post<NewStaff>('/v1/staff', body))
    if (made) onCreated(made)
  }
  return (
    <form class="card row" onSubmit={(event) => void submit(event)} noValidate data-test="account-form">
      <Field id="account-name" label={c('name')} value={name} onValue={setName} maxLength={64} autocomplete="off" />
      <Select id="account-role" label={c('role')} value={role} options={ROLES.map((item) => [item, c(item)] as const)} onValue={setRole} />
      {role === 'verifier' && (
        <Field id="account-venue" label={c('venueId')} value={venue} onValue={setVenue} inputMode="numeric" maxLength={10} />
      )}
      <Button type="submit" look="primary" busy={busy} disabled={!name.trim()} data-test="create-account">
        {c('create')}
      </Button>
      {error && <Notice tone="bad">{error}</Notice>}
    </form>
  )
}
