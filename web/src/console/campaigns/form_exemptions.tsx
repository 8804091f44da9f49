/// Who takes part, where, and who need not be tested.
import { Checkbox } from '../../ui/checkbox'
import { f } from '../text/campaign_form'
import { EXEMPTIONS, type Exemption, firstDay, GROUPS, LEVELS, POINT_KINDS } from './document'
import { Choices, Hours, type PartProps } from './form_parts'
import { fieldId } from './problems'
import { localOf, msOf } from './windows'

const DAY_MS = 86_400_000

/** An exemption as notices usually have it. */
function fresh(kind: Exemption['kind'], day: string): Exemption {
  const start = msOf(`${day}T00:00`)
  if (kind === 'zone-tested') return { kind, zones: [...LEVELS], on: start === null ? '' : localOf(start - DAY_MS).slice(0, 10) }
  if (kind === 'outside-city') return { kind, negative_within_h: 48 }
  return { kind, within_h: kind === 'tested' ? 24 : 48 }
}

interface OneProps {
  exemption: Exemption
  path: string
  onExemption: (exemption: Exemption) => void
  errorAt: (path: string) => string
}

function Details({ exemption, path, onExemption, errorAt }: OneProps) {
  if (exemption.kind === 'zone-tested') {
    const id = fieldId(`${path}.on`)
    return (
      <div class="row">
        <Choices path={`${path}.zones`} legend={f('zonesOf')} options={LEVELS} chosen={exemption.zones} onChosen={(zones) => onExemption({ ...exemption, zones })} words={f} error={errorAt(`${path}.zones`)} />
        <div class="field">
          <label for={id}>{f('onDay')}</label>
          <input id={id} type="date" value={exemption.on} onInput={(event) => onExemption({ ...exemption, on: event.currentTarget.value })} />
          <p class="error">{errorAt(`${path}.on`)}</p>
        </div>
      </div>
    )
  }
  const hours = exemption.kind === 'outside-city' ? exemption.negative_within_h : exemption.within_h
  const set = (value: number) => onExemption(exemption.kind === 'outside-city' ? { ...exemption, negative_within_h: value } : { ...exemption, within_h: value })
  return <Hours path={path} label={f('withinH')} value={hours} onValue={set} error={errorAt(path)} />
}

function ExemptionsList({ document, onDocument, errorAt }: PartProps) {
  const { exemptions } = document
  const set = (next: Exemption[]) => onDocument({ ...document, exemptions: next })
  const toggle = (kind: Exemption['kind'], on: boolean) => set(on ? [...exemptions, fresh(kind, firstDay(document))] : exemptions.filter((each) => each.kind !== kind))
  return (
    <fieldset class="choices tall" id={fieldId('exemptions')} tabIndex={-1}>
      <legend>{f('exemptions')}</legend>
      {EXEMPTIONS.map((kind) => (
        <div key={kind} class="exemption">
          <Checkbox id={fieldId(`exempt-${kind}`)} checked={exemptions.some((each) => each.kind === kind)} onValue={(on) => toggle(kind, on)}>
            {f(kind)}
          </Checkbox>
          {exemptions.map(
            (exemption, i) =>
              exemption.kind === kind && (
                <Details
                  key={i}
                  {...{ exemption, errorAt }}
                  path={`exemptions[${i}]`}
                  onExemption={(next) => set(exemptions.map((each, other) => (other === i ? next : each)))}
                />
              ),
          )}
        </div>
      ))}
      <p class="error">{errorAt('exemptions')}</p>
    </fieldset>
  )
}

export function ParticipationPart(props: PartProps) {
  const { document, onDocument, errorAt } = props
  const { population, points } = document
  return (
    <section class="card stack">
      <h2>{f('participation')}</h2>
      <div class="halves">
        <Choices path="population.groups" legend={f('groups')} options={GROUPS} chosen={population.groups} onChosen={(groups) => onDocument({ ...document, population: { groups } })} words={f} error={errorAt('population.groups')} />
        <Choices path="points.kinds" legend={f('points')} options={POINT_KINDS} chosen={points.kinds} onChosen={(kinds) => onDocument({ ...document, points: { ...points, kinds } })} words={f} error={errorAt('points.kinds')}>
          <Checkbox id={fieldId('points.at_work_after_declaring')} checked={points.at_work_after_declaring} onValue={(on) => onDocument({ ...document, points: { ...points, at_work_after_declaring: on } })}>
            {f('atWork')}
          </Checkbox>
        </Choices>
      </div>
      <ExemptionsList {...props} />
    </section>
  )
}
