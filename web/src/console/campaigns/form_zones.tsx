/// Closed-off zones while the campaign runs, by codes of streets or communities; streets can be added by name.
import { useState } from 'preact/hooks'
import { pick } from '../../i18n/lang'
import { Button } from '../../ui/button'
import { Select } from '../../ui/select'
import { f } from '../text/campaign_form'
import { cityWith } from './divisions'
import { LEVELS, type ZoneEntry } from './document'
import type { PartProps } from './form_parts'
import { fieldId } from './problems'

/** One code a line; anything else between them separates, too. */
export function codesOf(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number)
}

interface GroupProps {
  index: number
  zone: ZoneEntry
  streets: readonly (readonly [string, string])[]
  onZone: (zone: ZoneEntry) => void
  onRemove: () => void
  error: string
}

function Group({ index, zone, streets, onZone, onRemove, error }: GroupProps) {
  const id = fieldId(`zones[${index}].codes`)
  // What is typed stays as it is until the field is left: half a code is none yet.
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? zone.codes.join('\n')
  const type = (next: string) => {
    setTyped(next)
    onZone({ ...zone, codes: codesOf(next) })
  }
  return (
    <fieldset class="choices tall" id={fieldId(`zones[${index}]`)} tabIndex={-1}>
      <legend>{f('zoneNo', { n: index + 1 })}</legend>
      <div class="row">
        <Select id={fieldId(`zones[${index}].level`)} label={f('level')} value={zone.level} options={LEVELS.map((level) => [level, f(level)] as const)} onValue={(level) => onZone({ ...zone, level })} />
        <div class="field">
          <label for={id}>{f('codes')}</label>
          <textarea
            {...{ id, value: text, rows: 3 }}
            aria-invalid={Boolean(error)}
            aria-describedby={`${id}-hint ${id}-error`}
            onInput={(event) => type(event.currentTarget.value)}
            onBlur={() => setTyped(null)}
          />
          <p class="hint" id={`${id}-hint`}>
            {f('closedZonesHint')}
          </p>
          <p class="error" id={`${id}-error`} aria-live="polite">
            {error}
          </p>
        </div>
        <Select
          id={fieldId(`zones[${index}].street`)}
          label={f('addStreet')}
          value=""
          options={[['', f('chooseArea')], ...streets]}
          onValue={(code) => code && onZone({ ...zone, codes: [...new Set([...zone.codes, Number(code)])] })}
        />
        <Button onClick={onRemove}>{f('removeZone')}</Button>
      </div>
    </fieldset>
  )
}

export function ZonesPart({ document, onDocument, errorAt }: PartProps) {
  const { zones } = document
  const city = cityWith(document.city)
  const districts = new Map(city?.districts.map(({ code, zh, en }) => [code, pick(zh, en)]))
  const streets = (city?.streets ?? []).map(({ code, zh, district }) => [String(code), `${districts.get(district) ?? ''} ${zh}`] as const)
  const set = (next: ZoneEntry[]) => onDocument({ ...document, zones: next })
  return (
    <section class="card stack" id={fieldId('zones')} tabIndex={-1}>
      <h2>{f('closedZones')}</h2>
      {zones.map((zone, i) => (
        <Group
          key={i}
          {...{ index: i, zone, streets }}
          onZone={(next) => set(zones.map((each, other) => (other === i ? next : each)))}
          onRemove={() => set(zones.filter((_zone, other) => other !== i))}
          error={errorAt(`zones[${i}].codes`) || errorAt(`zones[${i}]`)}
        />
      ))}
      <div class="buttons">
        <Button onClick={() => set([...zones, { level: 'sealed', codes: [] }])} data-test="add-zone">
          {f('addZone')}
        </Button>
      </div>
    </section>
  )
}
