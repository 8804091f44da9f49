/// What was just done, large enough to read without bending down. Gone with the next scan.
import { Button } from '../../ui/button'
import { Icon } from '../../ui/icon'
import { useValue } from '../../ui/value'
import type { Shown } from '../shown'
import type { Table } from '../table'
import { t } from '../text/table'
import { findingText, personName } from '../words'

function Bound({ table, shown }: { table: Table; shown: Extract<Shown, { kind: 'bound' }> }) {
  const { sample, tube, notes } = shown
  const label = sample.label ?? { name: '', tail: '' }
  return (
    <div class="said done" role="alert" data-test="said" data-kind="bound">
      <p class="said-word">
        <Icon name="tick" /> {t('bound')} {tube.people}/{tube.size}
      </p>
      <p class="said-name" data-test="bound-name">
        {personName(label)} <span class="tail">{label.tail}</span>
      </p>
      {notes.map((note) => (
        <p key={note.code} class="said-note" data-test="note" data-code={note.code}>
          {findingText(note)}
        </p>
      ))}
      <div class="said-foot">
        <span>{t('compare')}</span>
        <Button onClick={() => void table.undo(sample)} data-test="undo-last">
          {t('undo')}
        </Button>
      </div>
    </div>
  )
}

export function Said({ table }: { table: Table }) {
  const shown = useValue(table.shown)
  const remark = useValue(table.remark)
  if (remark) {
    const text = { 'not-ours': t('notOurs'), 'still-there': t('stillThere'), 'same-tube': t('sameTube') }[remark]
    return (
      <p class="said remark" role="status" data-test="remark" data-kind={remark}>
        {text}
      </p>
    )
  }
  if (!shown) return null
  if (shown.kind === 'bound') return <Bound table={table} shown={shown} />
  if (shown.kind === 'undone') {
    return (
      <div class="said" role="alert" data-test="said" data-kind="undone">
        <p class="said-word">{t('undone', { name: shown.sample.label ? personName(shown.sample.label) : shown.sample.tube })}</p>
      </div>
    )
  }
  if (shown.kind !== 'opened' && shown.kind !== 'resumed' && shown.kind !== 'reopened' && shown.kind !== 'sealed') return null
  const sealed = shown.kind === 'sealed' ? shown.tube : shown.sealed
  return (
    <div class="said done" role="alert" data-test="said" data-kind={shown.kind}>
      {sealed && (
        <p class="said-word">
          <Icon name="tick" /> {t('sealed')} {t('sealedAs', { tube: sealed.tube, people: sealed.people })}
        </p>
      )}
      {shown.kind !== 'sealed' && (
        <p class="said-word">
          {t(shown.kind)} {shown.tube.tube}
        </p>
      )}
      {shown.kind !== 'sealed' && shown.tube.household && <p class="said-note">{t('householdTube')}</p>}
    </div>
  )
}
