/// Staff log in: account, password, six digits. In a demo city the accounts are offered to press.
import { useEffect, useState } from 'preact/hooks'
import type { Client } from '../api/client'
import { Problem } from '../api/problem'
import type { DemoAccount, Role, StaffSession } from '../api/types'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Line, List } from '../ui/list'
import { Notice } from '../ui/notice'
import { l } from './texts'

interface Props {
  client: Client
  /** Whose demo accounts are offered. */
  role: Role
  /** Accounts of other roles are turned away: what they record would be refused later. Absent: anybody's is good. */
  only?: readonly Role[]
  /** What logging in is needed for. */
  intro: string
  /** Name of the way past the log in; none where there is no such way. */
  skip?: string
  onSkip?: () => void
  /** Keeps the session; the form is done when this is. */
  onSession: (session: StaffSession) => Promise<void>
  /** After a log in that was refused. */
  onRefused?: () => void
}

/** Accounts of a demo city with this role; none elsewhere. */
async function demoAccounts(client: Client, role: Role): Promise<DemoAccount[]> {
  try {
    const { items } = await client.get<{ items: DemoAccount[] }>('/v1/demo/accounts')
    return items.filter((account) => account.role === role)
  } catch {
    return []
  }
}

export function Login({ client, role, only, intro, skip, onSkip, onSession, onRefused }: Props) {
  const [form, setForm] = useState({ name: '', password: '', totp: '' })
  const [accounts, setAccounts] = useState<DemoAccount[]>([])
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => void demoAccounts(client, role).then(setAccounts), [client, role])

  const submit = async (credentials = form) => {
    setBusy(true)
    setError(null)
    try {
      const session = await client.post<StaffSession>('/v1/staff/sessions', credentials)
      if (only && !only.includes(session.staff.role)) setError(l('wrongRole'))
      else await onSession(session)
    } catch (failure) {
      onRefused?.()
      setError(failure instanceof Problem ? failure.text : l('unreachable'))
    }
    setBusy(false)
  }
  const set = (field: keyof typeof form) => (value: string) => setForm({ ...form, [field]: value })

  return (
    <form class="card stack" onSubmit={(event) => (event.preventDefault(), void submit())}>
      <h2>{l('login')}</h2>
      <p class="quiet">{intro}</p>
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      <Field id="name" label={l('name')} value={form.name} onValue={set('name')} autocomplete="username" />
      <Field
        id="password"
        label={l('password')}
        value={form.password}
        onValue={set('password')}
        type="password"
        autocomplete="current-password"
      />
      <Field
        id="totp"
        label={l('totp')}
        value={form.totp}
        onValue={set('totp')}
        inputMode="numeric"
        pattern="[0-9]{6}"
        maxLength={6}
        autocomplete="one-time-code"
      />
      <Button look="primary" type="submit" busy={busy} data-test="log-in">
        {l('login')}
      </Button>
      {skip && (
        <Button look="link" onClick={() => onSkip?.()} data-test="skip-login">
          {skip}
        </Button>
      )}
      {accounts.length > 0 && (
        <>
          <h3>{l('demoAccounts')}</h3>
          <List>
            {accounts.map(({ name, password, totp }) => (
              <Line
                key={name}
                title={l('useDemo', { name })}
                onPress={() => void submit({ name, password, totp })}
                test="demo-account"
              />
            ))}
          </List>
        </>
      )}
    </form>
  )
}
