/// First registration: identity, phone, community, consent; ends with a code on this device.
import { useState } from 'preact/hooks'
import type { Community, Registered } from '../api/types'
import { Button } from '../ui/button'
import { Checkbox } from '../ui/checkbox'
import { Field } from '../ui/field'
import '../ui/form.css'
import { Notice } from '../ui/notice'
import { CommunityField } from './community_field'
import { ensureDeviceKey, publicJwk } from './device_key'
import { DOCUMENT_FIELDS, DocumentFields, documentError, type IdentityDraft, identityBody, NO_DOCUMENT } from './document_fields'
import { isPhone, PhoneFields, type PhoneValue } from './phone_fields'
import { replace } from './route'
import { signedIn } from './server_talk'
import { useSubmission } from './submission'
import { f } from './text/forms'

const FIELDS = ['phone', 'oneTimePassword', 'name', 'communityId', ...DOCUMENT_FIELDS]

interface Draft {
  phone: PhoneValue
  document: IdentityDraft
  name: string
  community: Community | null
  communityQuery: string
}

const EMPTY: Draft = {
  phone: { phone: '', oneTimePassword: '' },
  document: NO_DOCUMENT,
  name: '',
  community: null,
  communityQuery: '',
}

/** Early errors by server field name; empty if the form may be sent. */
function missing({ phone, document, name, community, communityQuery }: Draft): Record<string, string> {
  const errors: Record<string, string> = {}
  if (!isPhone(phone.phone)) errors.phone = f('phoneWrong')
  if (!phone.oneTimePassword) errors.oneTimePassword = f('required')
  const wrong = documentError(document, true)
  if (wrong) errors['document.number'] = wrong
  if (!name.trim()) errors.name = f('required')
  if (!community && communityQuery.trim()) errors.communityId = f('communityChoose')
  return errors
}

function Consent({ agreed, onValue }: { agreed: boolean; onValue: (agreed: boolean) => void }) {
  return (
    <div class="stack">
      <Checkbox id="consent" checked={agreed} onValue={onValue}>
        {f('consent')}
      </Checkbox>
      <details>
        <summary>{f('consentMore')}</summary>
        <p>{f('consentText')}</p>
      </details>
    </div>
  )
}

export default function Register() {
  const [draft, setDraft] = useState(EMPTY)
  const [agreed, setAgreed] = useState(false)
  const [early, setEarly] = useState<Record<string, string>>({})
  const { busy, error, fieldErrors, send } = useSubmission<Registered>('/v1/people', FIELDS)
  const errors = { ...fieldErrors, ...early }
  const edit = (part: Partial<Draft>) => {
    setEarly({})
    setDraft({ ...draft, ...part })
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    const found = missing(draft)
    setEarly(found)
    if (Object.keys(found).length > 0) return
    const { phone, document, name, community } = draft
    const answer = await send({
      ...phone,
      ...identityBody(document),
      name: name.trim(),
      ...(community ? { communityId: community.id } : {}),
      devicePublicKey: await publicJwk(await ensureDeviceKey()),
    })
    if (!answer) return
    await signedIn(answer)
    replace('code')
  }
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)} noValidate data-test="register-form">
      <h2>{f('registerTitle')}</h2>
      <PhoneFields value={draft.phone} onValue={(phone) => edit({ phone })} errors={errors} />
      <DocumentFields value={draft.document} onValue={(document) => edit({ document })} errors={errors} />
      <Field
        id="name"
        label={f('name')}
        hint={f('nameHint')}
        value={draft.name}
        onValue={(name) => edit({ name })}
        autocomplete="name"
        maxLength={60}
        error={errors.name}
      />
      <CommunityField
        value={draft.community}
        onValue={(community) => edit({ community, communityQuery: '' })}
        query={draft.communityQuery}
        onQuery={(communityQuery) => edit({ communityQuery })}
        error={errors.communityId}
      />
      <Consent agreed={agreed} onValue={setAgreed} />
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      <Button type="submit" look="primary" busy={busy} disabled={!agreed} data-test="submit-register">
        {f('submitRegister')}
      </Button>
    </form>
  )
}
