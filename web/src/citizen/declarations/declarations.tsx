/// What was declared for the holder and their relatives, how its review stands, and the way to declare more.
import { useEffect, useState } from 'preact/hooks'
import type { Declaration } from '../../api/resident'
import { pick } from '../../i18n/lang'
import { dateTime } from '../../i18n/time'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import { AskingState } from '../asking'
import { relationText } from '../relation'
import { loadRelatives, relatives } from '../relatives_list'
import { go, replace, route } from '../route'
import { schedule } from '../schedule/known'
import { holding } from '../state'
import { d } from '../text/declare'
import { DeclarationForm } from './declaration_form'
import { declarations } from './known'

const TONES = { waiting: 'warn', accepted: 'good', refused: 'bad' } as const

/** Whose a declaration is; empty if it is the holder's own or nobody here knows. */
function whoText({ personId }: Declaration): string {
  if (personId === holding.value?.code.personId) return d('self')
  const relative = relatives.value?.find((item) => item.personId === personId)
  return relative ? `${relationText(relative.relation)} ${relative.code.name}` : ''
}

function roundText({ campaign }: Declaration): string {
  const item = schedule.known.value?.value.items.find(({ number }) => number === campaign)
  return item ? pick(item.nameZh, item.nameEn) : ''
}

function Item({ item }: { item: Declaration }) {
  const time = (text: string) => dateTime(Date.parse(text))
  const about = [whoText(item), roundText(item), d(`by-${item.evidence}`)].filter(Boolean).join(' · ')
  return (
    <li class="card stack" data-test="declaration" data-review={item.review}>
      <div>
        <Badge tone={TONES[item.review]}>{d(item.review)}</Badge> <strong>{d(item.kind)}</strong>
      </div>
      <small class="quiet">{about}</small>
      <small>
        {d('declaredAt', { time: time(item.declared) })}
        {item.sampled && ` · ${d('sampledAt', { time: time(item.sampled) })}`}
        {item.reviewed && ` · ${d('reviewed', { time: time(item.reviewed.at) })}`}
      </small>
      {item.remark && <p data-test="remark">{d('remark', { text: item.remark })}</p>}
      {item.review === 'refused' && <p>{d('refusedHint')}</p>}
    </li>
  )
}

function All({ sent }: { sent: boolean }) {
  const known = useValue(declarations.known)
  useValue(relatives)
  useValue(schedule.known)
  const items = [...(known?.value ?? [])].sort((a, b) => Date.parse(b.declared) - Date.parse(a.declared))
  return (
    <>
      <h2>{d('title')}</h2>
      <p class="quiet">{d('intro')}</p>
      {sent && items[0]?.review !== 'refused' && items[0]?.review !== 'accepted' && (
        <Notice tone="good">
          <span data-test="declaration-sent">{d('sent')}</span>
        </Notice>
      )}
      <Button look="primary" onClick={() => go('declare', 'new')} data-test="add-declaration">
        {d('add')}
      </Button>
      <AskingState from={declarations} onAsk={declarations.ask} />
      {known && items.length === 0 && <p>{d('none')}</p>}
      <ul class="stack">
        {items.map((item) => (
          <Item key={item.id} item={item} />
        ))}
      </ul>
    </>
  )
}

export default function Declarations() {
  const { item } = useValue(route)
  const [sent, setSent] = useState(false)
  useEffect(() => {
    void loadRelatives()
    void schedule.recall()
    void declarations.recall().then(declarations.ask)
  }, [])
  const done = () => {
    setSent(true)
    replace('declare')
    void declarations.ask()
    // Where the person stands in the round has changed.
    void schedule.ask()
  }
  if (item === 'new') return <DeclarationForm onSent={done} onCancel={() => replace('declare')} />
  return <All sent={sent} />
}
