/// How old what is shown is, until when it holds, and what the page knows about the connection.
import { useState } from 'preact/hooks'
import { pick } from '../i18n/lang'
import { age, dayTime } from '../i18n/time'
import type { Holding } from './memory'
import { Button } from '../ui/button'
import { now } from '../ui/clock'
import { Icon } from '../ui/icon'
import { REFRESH } from '../ui/icon_paths'
import { Notice } from '../ui/notice'
import { useValue } from '../ui/value'
import { isExpired } from './code_card'
import { refreshAll } from './refresh'
import { lazy } from './lazy'
import { contact, durable, holding, notes, queue } from './state'
import { go } from './route'
import { t } from './text/code'
import { h } from './text/facts'

const PlaceNotice = lazy<object>(() => import('./waiting/place_notice'))

/** How old what is shown is, in ms: the server's word where it gave one. */
function dataAtMs({ asOfMs, checkedAt }: Holding): number {
  return asOfMs ?? checkedAt
}

/** Honest notices: at most one about the connection, and one about the browser. */
export function Notices() {
  const state = useValue(contact)
  const held = useValue(holding)
  const safe = useValue(durable)
  const remarks = useValue(notes)
  const place = useValue(queue)
  if (!held) return null
  const time = dayTime(Date.parse(held.code.expiresAt))
  const late = !isExpired(held.code) && (state === 'offline' || state === 'delayed')
  const asOf = dayTime(dataAtMs(held))
  return (
    <div class="stack" aria-live="polite" data-test="notices" data-contact={state}>
      {place && <PlaceNotice />}
      {late && <Notice tone="warn">{h(state, { time, asOf })}</Notice>}
      {state === 'ended' && (
        <Notice tone="bad" role="alert">
          <p>{h('ended')}</p>
          <Button look="primary" onClick={() => go('login')} data-test="login-again">
            {t('login')}
          </Button>
        </Notice>
      )}
      {remarks.map(({ textZh, textEn }) => (
        <Notice key={textEn}>{pick(textZh, textEn)}</Notice>
      ))}
      {!safe && <Notice tone="warn">{h('notDurable')}</Notice>}
    </div>
  )
}

/** 更新于 age, 有效至, and the refresh button. */
export function Freshness({ held }: { held: Holding }) {
  const at = useValue(now)
  const [busy, setBusy] = useState(false)
  const press = () => {
    setBusy(true)
    void refreshAll().finally(() => setBusy(false))
  }
  return (
    <div class="freshness" data-test="freshness">
      <p>
        <span data-test="updated">{h('updated', { age: age(at - dataAtMs(held)) })}</span>
        <br />
        <span data-test="valid-until">{h('validUntil', { time: dayTime(Date.parse(held.code.expiresAt)) })}</span>
      </p>
      <Button busy={busy} onClick={press} data-test="refresh">
        <Icon path={REFRESH} />
        {h('refresh')}
      </Button>
    </div>
  )
}
