/// Adds a sampling point for a community or a street.
import { useMemo, useState } from 'preact/hooks'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { Select } from '../../ui/select'
import { useRequest } from '../request'
import { instant } from '../result_rows'
import { client } from '../session'
import { p } from '../text/points'
import { type AreaChoice, areaCode } from './area'
import { AreaField } from './area_field'
import type { PointKind, SamplingPoint } from '../../api/types'

const KINDS: readonly PointKind[] = ['fixed', 'mobile', 'door-to-door']
const EMPTY = { name: '', kind: 'fixed' as PointKind, address: '', opens: '', closes: '' }
type Typed = typeof EMPTY

/** Body of the request; null while something is missing. */
export function newPoint(typed: Typed, area: AreaChoice | null) {
  const code = area && areaCode(area)
  const [opens, closes] = [instant(typed.opens), instant(typed.closes)]
  if (!typed.name.trim() || !code || (opens && closes && closes <= opens)) return null
  const hours = { ...(opens ? { opens } : {}), ...(closes ? { closes } : {}) }
  return { name: typed.name.trim(), kind: typed.kind, area: code, address: typed.address.trim(), ...hours }
}

export function PointForm({ onAdded }: { onAdded: (point: SamplingPoint) => void }) {
  const [typed, setTyped] = useState(EMPTY)
  const [area, setArea] = useState<AreaChoice | null>(null)
  const { busy, error, run } = useRequest()
  const edit = (part: Partial<Typed>) => setTyped({ ...typed, ...part })
  const body = newPoint(typed, area)
  // Pressing again after a lost answer adds no second point; another point is another operation.
  const idempotencyKey = useMemo(() => crypto.randomUUID(), [JSON.stringify(body)])
  const isBackwards = typed.opens !== '' && typed.closes !== '' && typed.closes <= typed.opens
  const submit = async (event: Event) => {
    event.preventDefault()
    const made = body && (await run(() => client.post<SamplingPoint>('/v1/sampling-points', body, { idempotencyKey })))
    if (!made) return
    // The next point of the same street is usual: the area stays.
    setTyped({ ...EMPTY, kind: typed.kind })
    onAdded(made)
  }
  return (
    <details class="card">
      <summary data-test="new-point">
        <strong>{p('newPoint')}</strong>
      </summary>
      <form class="row" onSubmit={(event) => void submit(event)} noValidate data-test="point-form">
        <Field id="point-name" label={p('name')} value={typed.name} onValue={(name) => edit({ name })} maxLength={60} autocomplete="off" />
        <Select id="point-kind" label={p('kind')} value={typed.kind} options={KINDS.map((kind) => [kind, p(kind)] as const)} onValue={(kind) => edit({ kind })} />
        <AreaField id="point-area" label={p('serves')} hint={p('servesHint')} scopes={['community', 'street']} value={area} onValue={setArea} />
        <Field id="point-address" label={p('address')} value={typed.address} onValue={(address) => edit({ address })} maxLength={60} autocomplete="off" />
        <Field id="point-opens" label={p('opens')} type="datetime-local" value={typed.opens} onValue={(opens) => edit({ opens })} />
        <Field id="point-closes" label={p('closes')} type="datetime-local" value={typed.closes} onValue={(closes) => edit({ closes })} error={isBackwards ? p('closesFirst') : ''} />
        <Button type="submit" look="primary" busy={busy} disabled={!body} data-test="add-point">
          {p('add')}
        </Button>
        {area && !areaCode(area) && <Notice tone="bad">{p('noCode')}</Notice>}
        {error && (
          <Notice tone="bad" role="alert">
            {error}
          </Notice>
        )}
      </form>
    </details>
  )
}
