/// Phone number and one-time password.
import { useEffect, useState } from 'preact/hooks'
import { now } from '../ui/clock'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Notice } from '../ui/notice'
import { canonicalNumber } from '../ui/resident_id'
import { useValue } from '../ui/value'
import { failureText } from './failure'
import { client } from './server_talk'
import { f } from './text/forms'
import { inTurn, Left } from './waiting/turn'

interface Sent {
  expiresInS: number
  resendAfterS: number
  demoCode?: string
}

export interface PhoneValue {
  phone: string
  oneTimePassword: string
}

interface Props {
  value: PhoneValue
  onValue: (value: PhoneValue) => void
  errors: { phone?: string | undefined; oneTimePassword?: string | undefined }
}

/** Looks like a mainland mobile number, or an international one, in any spelling the server takes. */
export function isPhone(phone: string): boolean {
  return /^((0086)?1\d{10}|\+\d{7,15})$/.test(canonicalNumber(phone).replace(/[-()]/g, ''))
}

export function PhoneFields({ value, onValue, errors }: Props) {
  const [sent, setSent] = useState<(Sent & { at: number; inTurn: boolean }) | null>(null)
  const [failed, setFailed] = useState('')
  const [busy, setBusy] = useState(false)
  const againAt = sent ? sent.at + sent.resendAfterS * 1000 : 0
  const waitS = Math.ceil((againAt - useValue(now)) / 1000)
  // Another number needs another code, at once.
  useEffect(() => setSent(null), [value.phone])
  const send = async () => {
    if (!isPhone(value.phone)) return setFailed(f('phoneWrong'))
    setBusy(true)
    setFailed('')
    const idempotencyKey = crypto.randomUUID()
    let asked = 0
    try {
      const ask = () => {
        asked += 1
        return client.post<Sent>('/v1/one-time-passwords', { phone: value.phone }, { idempotencyKey })
      }
      const answer = await inTurn(ask)
      setSent({ ...answer, at: Date.now(), inTurn: asked > 1 })
    } catch (error) {
      if (!(error instanceof Left)) setFailed(failureText(error))
    }
    setBusy(false)
  }
  return (
    <>
      <Field
        id="phone"
        label={f('phone')}
        hint={f('phoneHint')}
        value={value.phone}
        onValue={(phone) => onValue({ ...value, phone })}
        type="tel"
        autocomplete="tel"
        error={errors.phone || failed}
      />
      <Field
        id="one-time-password"
        label={f('otp')}
        value={value.oneTimePassword}
        onValue={(oneTimePassword) => onValue({ ...value, oneTimePassword: oneTimePassword.trim() })}
        inputMode="numeric"
        autocomplete="one-time-code"
        maxLength={8}
        error={errors.oneTimePassword}
        extra={
          <Button busy={busy} disabled={waitS > 0} onClick={() => void send()} data-test="send-otp">
            {waitS > 0 ? f('otpAgain', { s: waitS }) : f('otpSend')}
          </Button>
        }
      />
      {sent?.inTurn && <Notice tone="good">{f('inTurn')}</Notice>}
      {sent && (
        <Notice tone={sent.demoCode ? 'warn' : 'good'}>
          {sent.demoCode ? (
            <span data-test="demo-code" data-code={sent.demoCode}>
              {f('otpDemo', { code: sent.demoCode })}
            </span>
          ) : (
            f('otpSent', { minutes: Math.round(sent.expiresInS / 60) })
          )}
        </Notice>
      )}
    </>
  )
}
