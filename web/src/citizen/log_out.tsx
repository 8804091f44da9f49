/// Log out on this device, after one honest question.
import { useState } from 'preact/hooks'
import { Button } from '../ui/button'
import { dateTime } from '../i18n/time'
import { Dialog } from '../ui/dialog'
import { replace } from './route'
import { logOut } from './server_talk'
import { holding } from './state'
import { t } from './text/code'
import { h } from './text/facts'

export default function LogOut({ onClose }: { onClose: () => void }) {
  const [busy, setBusy] = useState(false)
  const leave = async () => {
    const until = holding.value?.code.expiresAt
    setBusy(true)
    const reached = await logOut()
    onClose()
    replace('code')
    if (!reached && until) alert(h('logoutOffline', { time: dateTime(Date.parse(until)) }))
  }
  return (
    <Dialog title={h('logout')} onClose={onClose}>
      <div class="stack">
        <p>{h('logoutAsk')}</p>
        <Button look="danger" busy={busy} onClick={() => void leave()} data-test="logout-yes">
          {h('logoutYes')}
        </Button>
        <Button onClick={onClose}>{t('cancel')}</Button>
      </div>
    </Dialog>
  )
}
