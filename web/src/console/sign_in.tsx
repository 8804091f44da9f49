/// Staff log in; in the demo the accounts are listed and fill the form.
import { useEffect, useState } from 'preact/hooks'
import type { DemoAccount, Page, StaffSession } from '../api/types'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Line, List } from '../ui/list'
import { Notice } from '../ui/notice'
import { useRequest } from './request'
import { client, keep } from './session'
import { c, word } from './text/console'

interface Credentials {
  name: string
  password: string
  totp: string
}

async function demoAccounts(): Promise<DemoAccount[]> {
  return (await client.get<Page<DemoAccount>>('/v1/demo/accounts')).items
}

/** Not shown in a real city: the server answers 404 there. */
function DemoAccounts({ onPick }: { onPick: (account: DemoAccount) => void }) {
  const [items, setItems] = useState<DemoAccount[]>([])
  useEffect(() => {
    demoAccounts().then(setItems, () => {})
  }, [])
  // The six digits change while the list is on the screen.
  const pick = async (name: string) => {
    const fresh = (await demoAccounts().catch(() => items)).find((account) => account.name === name)
    if (fresh) onPick(fresh)
  }
  if (items.length === 0) return null
  return (
    <section class="stack" data-test="demo-accounts">
      <h2>{c('demo')}</h2>
      <List>
        {items.map(({ name, role }) => (
          <Line key={name} title={name} detail={word(role)} onPress={() => void pick(name)} test={`demo-${role}`} />
        ))}
      </List>
    </section>
  )
}

export function SignIn() {
  const [draft, setDraft] = useState<Credentials>({ name: '', password: '', totp: '' })
  const { busy, error, run } = useRequest()
  const edit = (part: Partial<Credentials>) => setDraft({ ...draft, ...part })
  const submit = async (event: Event) => {
    event.preventDefault()
    const answer = await run(() => client.post<StaffSession>('/v1/staff/sessions', draft))
    if (answer) keep(answer)
  }
  return (
    <div class="sign-in">
      <form class="card stack" onSubmit={(event) => void submit(event)} noValidate data-test="sign-in-form">
        <h2>{c('signIn')}</h2>
        <Field id="staff-name" label={c('name')} value={draft.name} onValue={(name) => edit({ name })} autocomplete="username" />
        <Field
          id="staff-password"
          label={c('password')}
          type="password"
          value={draft.password}
          onValue={(password) => edit({ password })}
          autocomplete="current-password"
        />
        <Field
          id="staff-totp"
          label={c('totp')}
          inputMode="numeric"
          maxLength={6}
          value={draft.totp}
          onValue={(totp) => edit({ totp: totp.trim() })}
          autocomplete="one-time-code"
        />
        {error && (
          <Notice tone="bad" role="alert">
            {error}
          </Notice>
        )}
        <Button type="submit" look="primary" busy={busy} disabled={!draft.name || !draft.password || draft.totp.length !== 6} data-test="sign-in">
          {c('signInButton')}
        </Button>
      </form>
      <DemoAccounts onPick={({ name, password, totp }) => setDraft({ name, password, totp })} />
    </div>
  )
}
