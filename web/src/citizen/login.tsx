/// Log in of a registered resident on this device; the earlier device's code becomes void.
import { useState } from 'preact/hooks'
import type { Registered } from '../api/types'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import '../ui/form.css'
import { Notice } from '../ui/notice'
import { canonicalNumber } from '../ui/resident_id'
import { ensureDeviceKey, publicJwk } from './device_key'
import { PhoneFields } from './phone_fields'
import { replace } from './route'
import { signedIn } from './server_talk'
import { useSubmission } from './submission'
import { f } from './text/forms'

const FIELDS = ['phone', 'oneTimePassword', 'documentTail']

export default function Login() {
  const [phone, setPhone] = useState({ phone: '', oneTimePassword: '' })
  const [tail, setTail] = useState('')
  const { busy, error, fieldErrors, send } = useSubmission<Registered>('/v1/devices', FIELDS)
  const submit = async (event: Event) => {
    event.preventDefault()
    const documentTail = canonicalNumber(tail)
    const answer = await send({
      ...phone,
      ...(documentTail ? { documentTail } : {}),
      devicePublicKey: await publicJwk(await ensureDeviceKey()),
    })
    if (!answer) return
    await signedIn(answer)
    replace('code')
  }
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate data-test="login-form">
      <h2>{f('loginTitle')}</h2>
      <p class="quiet">{f('loginHint')}</p>
      <PhoneFields value={phone} onValue={setPhone} errors={fieldErrors} />
      <Field
        id="document-tail"
        label={f('tailField')}
        hint={f('tailHint')}
        value={tail}
        onValue={setTail}
        autocomplete="off"
        maxLength={4}
        error={fieldErrors.documentTail}
      />
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      <Button
        type="submit"
        look="primary"
        busy={busy}
        disabled={!phone.phone || !phone.oneTimePassword}
        data-test="submit-login"
      >
        {f('submitLogin')}
      </Button>
    </form>
  )
}
