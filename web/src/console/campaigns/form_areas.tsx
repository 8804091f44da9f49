/// Areas and their windows as a table to be filled in.
import { pick } from '../../i18n/lang'
import { Button } from '../../ui/button'
import { f } from '../text/campaign_form'
import { cityWith } from './divisions'
import type { AreaEntry } from './document'
import type { PartProps } from './form_parts'
import { fieldId } from './problems'
import { WindowRows } from './window_rows'
import type { TestWindow } from './windows'

/** A choice of the select, such as `code:410105` or `zone:zhengdong`; empty while nothing is chosen. */
function choiceOf({ code, zone }: AreaEntry): string {
  if (zone !== undefined) return `zone:${zone}`
  return code ? `code:${code}` : ''
}

function placeOf(choice: string): { code: number } | { zone: string } {
  return choice.startsWith('zone:') ? { zone: choice.slice(5) } : { code: Number(choice.slice(5)) }
}

/** Areas of a city as choices with their names. */
function areaChoices(city: number): [string, string][] {
  const { districts = [], zones = [] } = cityWith(city) ?? {}
  return [
    ...districts.map(({ code, zh, en }) => [`code:${code}`, `${pick(zh, en)} (${code})`] as [string, string]),
    ...zones.map(({ id, zh, en }) => [`zone:${id}`, pick(zh, en)] as [string, string]),
  ]
}

interface RowProps {
  index: number
  area: AreaEntry
  choices: readonly [string, string][]
  onArea: (area: AreaEntry) => void
  onRemove: () => void
  onSameForAll: (windows: TestWindow[]) => void
  errorAt: (path: string) => string
}

function AreaRow({ index, area, choices, onArea, onRemove, onSameForAll, errorAt }: RowProps) {
  const path = `areas[${index}]`
  const chosen = choiceOf(area)
  const known = choices.find(([choice]) => choice === chosen)
  const name = known?.[1] ?? f('areaNo', { n: index + 1 })
  const error = errorAt(path) || errorAt(`${path}.code`) || errorAt(`${path}.zone`)
  return (
    <tr>
      <td>
        <div class="field">
          <select
            id={fieldId(path)}
            aria-label={f('areaNo', { n: index + 1 })}
            value={chosen}
            aria-invalid={Boolean(error)}
            aria-describedby={`${fieldId(path)}-error`}
            onChange={(event) => onArea({ ...placeOf(event.currentTarget.value), windows: area.windows })}
          >
            {!chosen && <option value="">{f('chooseArea')}</option>}
            {chosen && !known && <option value={chosen}>{f('unknownArea', { code: chosen.slice(5) })}</option>}
            {choices.map(([choice, words]) => (
              <option key={choice} value={choice} selected={choice === chosen}>
                {words}
              </option>
            ))}
          </select>
          <p class="error" id={`${fieldId(path)}-error`} aria-live="polite">
            {error}
          </p>
        </div>
      </td>
      <td>
        <WindowRows id={fieldId(path)} owner={name} windows={area.windows} onWindows={(windows) => onArea({ ...area, windows })} errorAt={(at) => errorAt(`${path}.${at}`)} />
      </td>
      <td class="actions">
        <Button look="link" onClick={() => onSameForAll(area.windows)} aria-label={`${f('sameForAll')}: ${name}`} data-test={`same-for-all-${index}`}>
          {f('sameForAll')}
        </Button>
        <Button look="link" onClick={onRemove} aria-label={`${f('removeArea')} ${name}`} data-test={`remove-area-${index}`}>
          {f('removeArea')}
        </Button>
      </td>
    </tr>
  )
}

export function AreasPart({ document, onDocument, errorAt }: PartProps) {
  const { areas } = document
  const choices = areaChoices(document.city)
  const setAreas = (next: AreaEntry[]) => onDocument({ ...document, areas: next })
  const set = (index: number, area: AreaEntry) => setAreas(areas.map((each, i) => (i === index ? area : each)))
  // The times of the last area are the likeliest ones.
  const entry = (choice: string): AreaEntry => ({ ...placeOf(choice), windows: areas.at(-1)?.windows.map((window) => ({ ...window })) ?? [] })
  const rest = choices.map(([choice]) => choice).filter((choice) => !areas.some((area) => choiceOf(area) === choice))
  return (
    <section class="card stack" id={fieldId('areas')} tabIndex={-1}>
      <h2>{f('areas')}</h2>
      <p class="quiet">{f('areasHint')}</p>
      <p class="error">{errorAt('areas')}</p>
      {areas.length > 0 && (
        <div class="table areas">
          <table>
            <thead>
              <tr>
                <th scope="col">{f('area')}</th>
                <th scope="col">{f('windows')}</th>
                <th scope="col">{f('actions')}</th>
              </tr>
            </thead>
            <tbody>
              {areas.map((area, i) => (
                <AreaRow
                  key={i}
                  {...{ index: i, area, choices, errorAt }}
                  onArea={(next) => set(i, next)}
                  onRemove={() => setAreas(areas.filter((_area, other) => other !== i))}
                  onSameForAll={(windows) => setAreas(areas.map((each) => ({ ...each, windows: windows.map((window) => ({ ...window })) })))}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div class="buttons wrap">
        <Button onClick={() => setAreas([...areas, entry('')])} data-test="add-area">
          {f('addArea')}
        </Button>
        <Button disabled={rest.length === 0} onClick={() => setAreas([...areas, ...rest.map(entry)])} data-test="add-rest">
          {f('addRest')}
        </Button>
      </div>
    </section>
  )
}
