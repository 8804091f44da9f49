/// The limits, each with its unit and what it does; a refused one says so at its field.
import { useState } from 'preact/hooks'
import { Problem } from '../../api/problem'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { client, failureText } from '../session'
import { Confirm } from './confirm'
import type { Settings } from './figures'
import { type Draft, draftOf, LIMIT_GROUPS, type LimitGroup, pathOfRefusal, settingsOf, wrongPath } from './limit_fields'
import { limitText } from '../text/limits'
import { o } from '../text/overload'

interface Failure {
  path: string | null
  text: string
}

function failureOf(error: unknown): Failure {
  const named = error instanceof Problem ? error.document.field : undefined
  const path = named ? pathOfRefusal(named) : null
  return { path, text: path && error instanceof Problem ? error.text : failureText(error) }
}

interface GroupProps {
  group: LimitGroup
  draft: Draft
  failure: Failure | null
  onText: (path: string, text: string) => void
}

function Group({ group, draft, failure, onText }: GroupProps) {
  return (
    <fieldset class="limits">
      <legend>{o(`${group.name}Group`)}</legend>
      {group.fields.map(({ path, unit }) => (
        <Field
          key={path}
          id={`limit-${path}`}
          label={limitText(path)}
          hint={o(`unit-${unit}`)}
          inputMode="text"
          value={draft[path] ?? ''}
          onValue={(text) => onText(path, text)}
          error={failure?.path === path ? failure.text : null}
        />
      ))}
    </fieldset>
  )
}

/** The form while it differs from what is in force, and what became of sending it. */
function useLimits(settings: Settings, onChanged: (text: string) => void) {
  const [edited, setEdited] = useState<Draft | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [busy, setBusy] = useState(false)
  const draft = edited ?? draftOf(settings)
  const leave = () => {
    setEdited(null)
    setFailure(null)
  }
  const send = async () => {
    const wrong = wrongPath(draft)
    if (wrong) return setFailure({ path: wrong, text: o('noNumber') })
    setBusy(true)
    setFailure(null)
    try {
      await client.post('/v1/overload/settings', settingsOf(draft, settings))
      leave()
      onChanged(o('limitsChanged'))
    } catch (error) {
      setFailure(failureOf(error))
    }
    setBusy(false)
  }
  return { draft, edited: edited !== null, failure, busy, leave, send, edit: (path: string, text: string) => setEdited({ ...draft, [path]: text }) }
}

export function Limits({ settings, onChanged }: { settings: Settings; onChanged: (text: string) => void }) {
  const { draft, edited, failure, busy, leave, send, edit } = useLimits(settings, onChanged)
  const [resetting, setResetting] = useState(false)
  const submit = (event: Event) => {
    event.preventDefault()
    void send()
  }
  const reset = () => {
    setResetting(false)
    leave()
    onChanged(o('limitsReset'))
  }
  return (
    <form class="card stack" onSubmit={submit} noValidate data-test="limits-form">
      <details open={edited || failure !== null}>
        <summary>{o('limits')}</summary>
        <p class="quiet">{o('limitsHint')}</p>
        {LIMIT_GROUPS.map((group) => (
          <Group key={group.name} group={group} draft={draft} failure={failure} onText={edit} />
        ))}
        {failure && !failure.path && <Notice tone="bad">{failure.text}</Notice>}
        <div class="buttons">
          <Button type="submit" look="primary" busy={busy} disabled={!edited} data-test="change-limits">
            {o('changeLimits')}
          </Button>
          <Button disabled={!edited} onClick={leave}>
            {o('undo')}
          </Button>
          <Button onClick={() => setResetting(true)} data-test="reset-limits">
            {o('resetLimits')}
          </Button>
        </div>
      </details>
      {resetting && (
        <Confirm title={o('resetLimits')} yes={o('resetLimits')} request={() => client.post('/v1/overload/settings', {})} onDone={reset} onClose={() => setResetting(false)}>
          {o('resetAsk')}
        </Confirm>
      )}
    </form>
  )
}
