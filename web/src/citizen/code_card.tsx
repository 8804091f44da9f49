/// The card a gatekeeper looks at: colour, word, icon, masked name, clock, moving border, QR.
import { dateTime } from '../i18n/time'
import type { Code, Colour } from '../api/types'
import { Clock, now } from '../ui/clock'
import { Icon, type IconName } from '../ui/icon'
import { Notice } from '../ui/notice'
import { useValue } from '../ui/value'
import { lazy } from './lazy'
import { cityNow, contact } from './state'
import { t } from './text/code'

const LiveQr = lazy<{ code: Code }>(() => import('./live_qr'))

export const COLOUR_ICONS: Record<Colour, IconName> = { green: 'tick', yellow: 'alert', red: 'cross' }

/** True once the credential must not be shown any more. */
export function isExpired(code: Code): boolean {
  return cityNow() >= Date.parse(code.expiresAt)
}

/** Instead of a QR: a code past its expiry is never drawn. */
function Expired({ code }: { code: Code }) {
  const state = useValue(contact)
  return (
    <div class="expired" data-test="code-expired">
      <Notice tone="bad" role="alert">
        <p>{t('expired', { time: dateTime(Date.parse(code.expiresAt)) })}</p>
        {state === 'unknown' && <p>{t('expiredOnline')}</p>}
        {(state === 'offline' || state === 'delayed') && <p>{t('expiredOffline')}</p>}
      </Notice>
    </div>
  )
}

export function CodeCard({ code }: { code: Code }) {
  // Expiry is looked at every second, not only when something else changes.
  useValue(now)
  const expired = isExpired(code)
  return (
    <section class={`code-card ${expired ? 'void' : code.colour}`} data-test="code-card" data-colour={expired ? '' : code.colour}>
      <header>
        <div>
          <p class="holder" data-test="holder-name">
            {code.name}
          </p>
          <p>{t('tail', { tail: code.documentTail })}</p>
        </div>
        {!expired && (
          <div class="verdict">
            <Icon name={COLOUR_ICONS[code.colour]} />
            <div>
              <strong data-test="colour">{t(code.colour)}</strong>
              <p>{t(`${code.colour}Means`)}</p>
            </div>
          </div>
        )}
      </header>
      {expired ? (
        <Expired code={code} />
      ) : (
        <div class="moving">
          <div class="face">
            <Clock />
            <LiveQr code={code} key={code.credential} />
            <p class="quiet">{t('redraws')}</p>
          </div>
        </div>
      )}
    </section>
  )
}
