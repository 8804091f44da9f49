/// The document as a form that a clerk of a district can fill in.
import { useState } from 'preact/hooks'
import { pick } from '../../i18n/lang'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Select } from '../../ui/select'
import { f } from '../text/campaign_form'
import { CITIES } from './divisions'
import { firstDay, movedTo, SPARED } from './document'
import { AreasPart } from './form_areas'
import { ParticipationPart } from './form_exemptions'
import { Choices, Hours, type PartProps, WordsFields } from './form_parts'
import { ZonesPart } from './form_zones'
import { fieldId } from './problems'

function MoveDates({ document, onDocument }: PartProps) {
  const [day, setDay] = useState('')
  const first = firstDay(document)
  if (!first) return null
  return (
    <Field
      id={fieldId('move')}
      type="date"
      label={f('moveTo')}
      hint={f('moveHint')}
      value={day || first}
      onValue={setDay}
      extra={
        <Button disabled={!day || day === first} onClick={() => onDocument(movedTo(document, day))} data-test="move-dates">
          {f('move')}
        </Button>
      }
    />
  )
}

function GeneralPart(props: PartProps) {
  const { document, onDocument, errorAt } = props
  return (
    <section class="card stack">
      <h2>{f('general')}</h2>
      <div class="row">
        <Field id={fieldId('id')} label={f('id')} hint={f('idHint')} value={document.id} onValue={(id) => onDocument({ ...document, id })} maxLength={64} autocapitalize="none" autocomplete="off" error={errorAt('id')} />
        <Select id={fieldId('city')} label={f('city')} value={String(document.city)} options={CITIES.map(({ code, zh, en }) => [String(code), pick(zh, en)] as const)} onValue={(city) => onDocument({ ...document, city: Number(city) })} />
        {errorAt('city') && <p class="error">{errorAt('city')}</p>}
        <MoveDates {...props} />
      </div>
      <WordsFields path="name" label={f('name')} value={document.name} onValue={(name) => onDocument({ ...document, name })} errorAt={errorAt} />
      <WordsFields path="basis" label={f('basis')} value={document.basis} onValue={(basis) => onDocument({ ...document, basis })} errorAt={errorAt} />
    </section>
  )
}

function ConsequencePart({ document, onDocument, errorAt }: PartProps) {
  const { consequence } = document
  return (
    <section class="card stack" id={fieldId('consequence')} tabIndex={-1}>
      <h2>{f('consequence')}</h2>
      <p id={fieldId('consequence.reason')} tabIndex={-1}>
        {f('reason')}
      </p>
      <p class="error">{errorAt('consequence.reason')}</p>
      <Choices path="consequence.spared" legend={f('spared')} options={SPARED} chosen={consequence.spared} onChosen={(spared) => onDocument({ ...document, consequence: { ...consequence, spared } })} words={f} error={errorAt('consequence.spared')} />
    </section>
  )
}

function NoticesPart({ document, onDocument, errorAt }: PartProps) {
  const { notices } = document
  const set = (patch: Partial<typeof notices>) => onDocument({ ...document, notices: { ...notices, ...patch } })
  return (
    <section class="card stack" id={fieldId('notices')} tabIndex={-1}>
      <h2>{f('notices')}</h2>
      <WordsFields path="notices.start" label={f('start')} value={notices.start} onValue={(start) => set({ start })} errorAt={errorAt} />
      <WordsFields path="notices.reminder" label={f('reminder')} value={notices.reminder} onValue={(reminder) => set({ reminder })} errorAt={errorAt} />
      <Hours path="notices.reminder_h" label={f('reminderH')} value={notices.reminder_h} onValue={(hours) => set({ reminder_h: hours })} error={errorAt('notices.reminder_h')} />
      <WordsFields path="notices.missed" label={f('missed')} value={notices.missed} onValue={(missed) => set({ missed })} errorAt={errorAt} />
    </section>
  )
}

export function CampaignForm(props: PartProps) {
  return (
    <div class="stack" data-test="campaign-form">
      <GeneralPart {...props} />
      <AreasPart {...props} />
      <ParticipationPart {...props} />
      <ZonesPart {...props} />
      <ConsequencePart {...props} />
      <NoticesPart {...props} />
    </div>
  )
}
