/// Secrets of a new account, shown once: initial password, and the authenticator's secret as text and QR.
import type { NewStaff } from '../api/types'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { Qr } from '../ui/qr'
import { Facts } from './health'
import { c, word } from './text/console'

export function NewAccountSecrets({ account, onDone }: { account: NewStaff; onDone: () => void }) {
  return (
    <section class="card stack" data-test="account-secrets">
      <Notice tone="warn">{c('shownOnce')}</Notice>
      <Facts
        rows={[
          [c('name'), account.name],
          [c('role'), word(account.role)],
          [c('initialPassword'), <code data-test="initial-password">{account.initialPassword ?? '—'}</code>],
          [c('totpSecret'), <code data-test="totp-secret">{account.totpSecret}</code>],
        ]}
      />
      <div class="secret-qr">
        <Qr text={account.totpUri} label={c('totpScan')} />
        <p class="quiet">{c('totpScan')}</p>
      </div>
      <Button look="primary" onClick={onDone} data-test="secrets-done">
        {c('done')}
      </Button>
    </section>
  )
}
