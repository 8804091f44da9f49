/// Relatives' codes: list, add, show one, remove one.
import { useEffect, useState } from 'preact/hooks'
import type { Relative } from '../api/types'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import '../ui/form.css'
import { PEOPLE } from '../ui/icon_paths'
import { Line, List } from '../ui/list'
import { Notice } from '../ui/notice'
import { useValue } from '../ui/value'
import { CodeCard } from './code_card'
import { failureText } from './failure'
import { Facts, Why } from './health_facts'
import { RelativeForm } from './relative_form'
import { relationText } from './relation'
import { addRelative, keptOnly, loadRelatives, relatives, removeRelative } from './relatives_list'
import { go, replace, route } from './route'
import { queue, session } from './state'
import { t } from './text/code'
import { g } from './text/family'
import { inTurn, Left } from './waiting/turn'

interface Removal {
  busy: boolean
  failed: string
  remove: () => void
}

/** Lives with the person's screen: the dialog gives way while the removal waits for its turn. */
function useRemoval(personId: string): Removal {
  const [failed, setFailed] = useState('')
  const [busy, setBusy] = useState(false)
  const remove = async () => {
    setBusy(true)
    const key = crypto.randomUUID()
    try {
      await inTurn(() => removeRelative(personId, key))
      replace('relatives')
    } catch (error) {
      if (!(error instanceof Left)) setFailed(failureText(error))
    }
    setBusy(false)
  }
  return { busy, failed, remove: () => void remove() }
}

function Remove({ item, removal, onClose }: { item: Relative; removal: Removal; onClose: () => void }) {
  const { busy, failed, remove } = removal
  return (
    <Dialog title={g('remove')} onClose={onClose}>
      <div class="stack">
        <p>{g('removeAsk', { name: item.code.name })}</p>
        {failed && <Notice tone="bad">{failed}</Notice>}
        <Button look="danger" busy={busy} onClick={remove} data-test="remove-yes">
          {g('removeYes')}
        </Button>
        <Button onClick={onClose}>{t('cancel')}</Button>
      </div>
    </Dialog>
  )
}

function One({ item }: { item: Relative }) {
  const [removing, setRemoving] = useState(false)
  const removal = useRemoval(item.personId)
  // A modal dialog would lie over the waiting page.
  const waits = useValue(queue) === 'pending'
  return (
    <>
      <h2>{relationText(item.relation)}</h2>
      <CodeCard code={item.code} />
      <Notice>{g('askDocument')}</Notice>
      <Why code={item.code} />
      <Facts code={item.code} />
      <Button look="danger" onClick={() => setRemoving(true)} data-test="remove-relative">
        {g('remove')}
      </Button>
      {removing && !waits && <Remove item={item} removal={removal} onClose={() => setRemoving(false)} />}
    </>
  )
}

function All({ items, onAdd }: { items: Relative[]; onAdd: () => void }) {
  return (
    <>
      <h2>{g('relativesTitle')}</h2>
      <p class="quiet">{g('relativesRule')}</p>
      {items.length === 0 ? (
        <p>{g('none')}</p>
      ) : (
        <List>
          {items.map(({ personId, relation, code }) => (
            <Line
              key={personId}
              icon={PEOPLE}
              title={`${code.name} · ${relationText(relation)}`}
              detail={`${t(code.colour)} · ${t('tail', { tail: code.documentTail })}`}
              onPress={() => go('relatives', personId)}
              test="relative"
            />
          ))}
        </List>
      )}
      <Button look="primary" onClick={onAdd} data-test="add-relative">
        {g('add')}
      </Button>
    </>
  )
}

export default function Relatives() {
  const [adding, setAdding] = useState(false)
  const { item: personId } = useValue(route)
  const items = useValue(relatives)
  const kept = useValue(keptOnly)
  const holder = useValue(session)
  useEffect(() => void loadRelatives(), [holder])
  if (!items) return <p class="loading">{t('open')}</p>
  const added = (item: Relative) => {
    setAdding(false)
    void addRelative(item)
  }
  const one = items.find((item) => item.personId === personId)
  if (adding) return <RelativeForm onAdded={added} onCancel={() => setAdding(false)} />
  return (
    <>
      {kept && <Notice tone="warn">{g('keptFrom')}</Notice>}
      {one ? <One key={one.personId} item={one} /> : <All items={items} onAdd={() => setAdding(true)} />}
    </>
  )
}
