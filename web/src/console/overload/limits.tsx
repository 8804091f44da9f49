/// The limits, each with its unit and what it may be; a refused one says so at its field.
import { useState } from 'preact/hooks'
import { Problem } from '../../api/problem'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { limitText, mistakeText, rangeText } from '../text/limits'
import { o } from '../text/overload'
import { client, failureText } from '../session'
import { changeLimits, type Outcome, type Standing } from './change_limits'
import { Confirm } from './confirm'
import type { Settings } from './figures'
import { type Edits, edited, rebased, textOf } from './limit_edits'
import { LIMIT_GROUPS, type LimitGroup, numberAt, pathOfRefusal } from './limit_fields'

/** What to tell, made into words when it is drawn: the language may change. */
interface Failure {
  path: string | null
  text: () => string
}

const DESK = {
  read: () => client.get<Standing>('/v1/overload'),
  write: (settings: Settings | object, tag: string) => client.post('/v1/overload/settings', settings, { headers: { 'If-Match': tag } }),
}

function refusalOf(error: unknown): Failure {
  const named = error instanceof Problem ? error.document.field : undefined
  const path = named ? pathOfRefusal(named) : null
  // In the page's own words: the server's name fields as programs know them.
  if (path) return { path, text: () => o('valueRefused', { range: rangeText(path) }) }
  const text = failureText(error)
  return { path: null, text: () => text }
}

function failureOf(outcome: Outcome, edits: Edits): Failure | null {
  if (outcome.end === 'mistake') return { path: outcome.mistake.path, text: () => mistakeText(outcome.mistake) }
  if (outcome.end === 'done') return null
  const { path, standing } = outcome
  const values = { now: numberAt(standing.settings, path), yours: edits[path]?.text ?? '' }
  return { path, text: () => o('changedMeanwhile', values) }
}

interface GroupProps {
  group: LimitGroup
  textAt: (path: string) => string
  failure: Failure | null
  onText: (path: string, text: string) => void
}

function Group({ group, textAt, failure, onText }: GroupProps) {
  return (
    <fieldset class="limits">
      <legend>{o(`${group.name}Group`)}</legend>
      {group.fields.map(({ path }) => (
        <Field
          key={path}
          id={`limit-${path}`}
          label={limitText(path)}
          hint={rangeText(path)}
          inputMode="text"
          value={textAt(path)}
          onValue={(text) => onText(path, text)}
          error={failure?.path === path ? failure.text() : null}
        />
      ))}
    </fieldset>
  )
}

/** What was changed in the form, and what became of sending it. */
function useLimits(standing: Standing, onChanged: (told: () => string) => void) {
  const [edits, setEdits] = useState<Edits>({})
  const [failure, setFailure] = useState<Failure | null>(null)
  const [busy, setBusy] = useState(false)
  const leave = () => {
    setEdits({})
    setFailure(null)
  }
  const send = async () => {
    setBusy(true)
    setFailure(null)
    try {
      const outcome = await changeLimits(edits, standing, DESK)
      // Whoever saves again has seen what the other one did.
      if (outcome.end === 'clash') setEdits(rebased(edits, outcome.standing.settings))
      if (outcome.end === 'done') leave()
      setFailure(failureOf(outcome, edits))
      // An earlier success must not stand beside a failure.
      onChanged(() => (outcome.end === 'done' ? o('limitsChanged') : ''))
    } catch (error) {
      setFailure(refusalOf(error))
      onChanged(() => '')
    }
    setBusy(false)
  }
  const edit = (path: string, text: string) => {
    setEdits(edited(edits, standing.settings, path, text))
    if (failure?.path === path) setFailure(null)
  }
  return { edits, failure, busy, leave, send, edit }
}

export function Limits({ standing, onChanged }: { standing: Standing; onChanged: (told: () => string) => void }) {
  const { edits, failure, busy, leave, send, edit } = useLimits(standing, onChanged)
  const [resetting, setResetting] = useState(false)
  const isEdited = Object.keys(edits).length > 0
  const submit = (event: Event) => {
    event.preventDefault()
    void send()
  }
  const reset = () => {
    setResetting(false)
    leave()
    onChanged(() => o('limitsReset'))
  }
  return (
    <form class="card stack" onSubmit={submit} noValidate data-test="limits-form">
      <details open={isEdited || failure !== null}>
        <summary>{o('limits')}</summary>
        <p class="quiet">{o('limitsHint')}</p>
        {LIMIT_GROUPS.map((group) => (
          <Group key={group.name} group={group} textAt={(path) => textOf(edits, standing.settings, path)} failure={failure} onText={edit} />
        ))}
        {failure && !failure.path && <Notice tone="bad">{failure.text()}</Notice>}
        <div class="buttons">
          <Button type="submit" look="primary" busy={busy} disabled={!isEdited} data-test="change-limits">
            {o('changeLimits')}
          </Button>
          <Button disabled={!isEdited} onClick={leave}>
            {o('undo')}
          </Button>
          <Button onClick={() => setResetting(true)} data-test="reset-limits">
            {o('resetLimits')}
          </Button>
        </div>
      </details>
      {resetting && (
        <Confirm title={o('resetLimits')} yes={o('resetLimits')} request={() => DESK.write({}, standing.settingsTag)} onDone={reset} onClose={() => setResetting(false)}>
          {o('resetAsk')}
        </Confirm>
      )}
    </form>
  )
}
