/// Staff log in: account, password, six digits. In a demo city the accounts are offered to press.
import { useEffect, useState } from 'preact/hooks'
import { Problem } from '../api/problem'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Line, List } from '../ui/list'
import { Notice } from '../ui/notice'
import type { Gate } from './gate'
import type { Session } from './settings'
import { t } from './texts'

interface DemoAccount {
  readonly name: string
  readonly role: string
  readonly password: string
  readonly totp: string
}
interface Props {
  gate: Gate
  onDone: () => void
  onSkip: () => void
}

/** Accounts of a demo city that may check at a gate; none elsewhere. */
async function demoAccounts(gate: Gate): Promise<DemoAccount[]> {
  try {
    const { items } = await gate.client.get<{ items: DemoAccount[] }>('/v1/demo/accounts')
    return items.filter((account) => account.role === 'verifier')
  } catch {
    return []
  }
}

export function Login({ gate, onDone, onSkip }: Props) {
  const [form, setForm] = useState({ name: '', password: '', totp: '' })
  const [accounts, setAccounts] = useState<DemoAccount[]>([])
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => void demoAccounts(gate).then(setAccounts), [gate])

  const submit = async (credentials = form) => {
    setBusy(true)
    setError(null)
    try {
      await gate.settings.setSession(await gate.client.post<Session>('/v1/staff/sessions', credentials))
      gate.loggedOut.value = false
      onDone()
    } catch (failure) {
      gate.loggedOut.value = false
      setError(failure instanceof Problem ? failure.text : t('unreachable'))
    }
    setBusy(false)
  }
  const set = (field: keyof typeof form) => (value: string) => setForm({ ...form, [field]: value })

  return (
    <form class="card stack" onSubmit={(event) => (event.preventDefault(), void submit())}>
      <h2>{t('login')}</h2>
      <p class="quiet">{t('loginIntro')}</p>
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      <Field id="name" label={t('name')} value={form.name} onValue={set('name')} autocomplete="username" />
      <Field
        id="password"
        label={t('password')}
        value={form.password}
        onValue={set('password')}
        type="password"
        autocomplete="current-password"
      />
      <Field
        id="totp"
        label={t('totp')}
        value={form.totp}
        onValue={set('totp')}
        inputMode="numeric"
        pattern="[0-9]{6}"
        maxLength={6}
        autocomplete="one-time-code"
      />
      <Button look="primary" type="submit" busy={busy} data-test="log-in">
        {t('login')}
      </Button>
      <Button look="link" onClick={onSkip} data-test="skip-login">
        {t('offlineUse')}
      </Button>
      {accounts.length > 0 && (
        <>
          <h3>{t('demoAccounts')}</h3>
          <List>
            {accounts.map(({ name, password, totp }) => (
              <Line
                key={name}
                title={t('useDemo', { name })}
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
