/// Staff accounts: list, create (secrets are shown once), disable.
import { useEffect, useState } from 'preact/hooks'
import type { NewStaff, Page, Role, Staff } from '../api/types'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Notice } from '../ui/notice'
import { Table } from '../ui/table'
import { AccountForm } from './account_form'
import { NewAccountSecrets } from './account_secrets'
import { useRequest } from './request'
import { client } from './session'
import { c, word } from './text/console'

function DisableDialog({ staff, onClose, onDisabled }: { staff: Staff; onClose: () => void; onDisabled: () => void }) {
  const { busy, error, run } = useRequest()
  const disable = async () => {
    // The answer is empty: its arrival is the success.
    const done = await run(() => client.post(`/v1/staff/${staff.id}/disable`, {}).then(() => true))
    if (done) onDisabled()
  }
  return (
    <Dialog title={c('disable')} onClose={onClose}>
      <div class="stack">
        <p>{c('disableAsk', { name: staff.name })}</p>
        {error && <Notice tone="bad">{error}</Notice>}
        <Button look="danger" busy={busy} onClick={() => void disable()} data-test="disable-yes">
          {c('disable')}
        </Button>
        <Button onClick={onClose}>{c('cancel')}</Button>
      </div>
    </Dialog>
  )
}

function List({ items, onDisable }: { items: Staff[]; onDisable: (staff: Staff) => void }) {
  return (
    <section class="card">
      <Table
        label={c('accounts')}
        empty={c('nothing')}
        heads={[c('id'), c('name'), c('role'), c('venueId'), c('status'), c('action')]}
        rows={items.map((staff) => ({
          key: staff.id,
          cells: [
            staff.id,
            staff.name,
            word(staff.role),
            staff.venueId ?? '',
            <Badge tone={staff.disabled ? 'quiet' : 'good'}>{c(staff.disabled ? 'disabled' : 'active')}</Badge>,
            !staff.disabled && (
              <Button look="link" onClick={() => onDisable(staff)} data-test={`disable-${staff.name}`}>
                {c('disable')}
              </Button>
            ),
          ],
        }))}
      />
    </section>
  )
}

export function Accounts() {
  const [items, setItems] = useState<Staff[]>([])
  const [made, setMade] = useState<NewStaff | null>(null)
  const [disabling, setDisabling] = useState<Staff | null>(null)
  const { error, run } = useRequest()
  const load = async () => {
    const page = await run(() => client.get<Page<Staff>>('/v1/staff'))
    if (page) setItems(page.items)
  }
  useEffect(() => void load(), [])
  const created = (account: NewStaff & { role: Role }) => {
    setMade(account)
    void load()
  }
  const disabled = () => {
    setDisabling(null)
    void load()
  }
  return (
    <div class="stack">
      {made ? <NewAccountSecrets account={made} onDone={() => setMade(null)} /> : <AccountForm onCreated={created} />}
      {error && <Notice tone="bad">{error}</Notice>}
      <List items={items} onDisable={setDisabling} />
      {disabling && <DisableDialog staff={disabling} onClose={() => setDisabling(null)} onDisabled={disabled} />}
    </div>
  )
}
