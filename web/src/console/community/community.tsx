/// The community worker's tool for a round: doors to knock on, declarations to review, declarations made for others.
import { useState } from 'preact/hooks'
import type { Community, Role } from '../../api/types'
import { Notice } from '../../ui/notice'
import { Tabs } from '../../ui/tabs'
import '../campaigns/campaigns.css'
import { session } from '../session'
import { d } from '../text/community'
import { CommunityChoice, RoundSelect, useRounds } from './choose'
import './community.css'
import { Declarations } from './declarations'
import { MissedList } from './missed'
import { RecordDeclaration } from './record'
import type { PersonBrief } from '../../api/types'

const PARTS = ['missed', 'declarations', 'record'] as const
/** Whoever knows the people records what they declare. */
const RECORDERS: readonly Role[] = ['community-worker']
type Part = (typeof PARTS)[number]

export default function DoorToDoor() {
  const { rounds, error } = useRounds()
  const [number, setNumber] = useState<number | null>(null)
  const [community, setCommunity] = useState<Community | null>(null)
  const [part, setPart] = useState<Part>('missed')
  const [person, setPerson] = useState<Pick<PersonBrief, 'personId' | 'name' | 'documentTail'> | null>(null)
  if (error) return <Notice tone="bad">{error}</Notice>
  if (!rounds) return <p class="loading">{d('loading')}</p>
  const round = rounds.find((each) => each.number === number) ?? rounds[0]
  if (!round) return <Notice>{d('noRound')}</Notice>
  const mayRecord = RECORDERS.includes(session.value?.staff.role ?? 'verifier')
  const parts = PARTS.filter((each) => each !== 'record' || mayRecord)
  const declare = (chosen: PersonBrief) => {
    setPerson(chosen)
    setPart('record')
  }
  return (
    <div class="stack" data-test="door-to-door">
      <section class="card row no-print">
        <RoundSelect rounds={rounds} number={round.number} onNumber={setNumber} />
        <CommunityChoice value={community} onValue={setCommunity} />
      </section>
      <div class="no-print">
        <Tabs label={d('round')} value={part} items={parts.map((each) => [each, d(each)] as const)} onValue={setPart} />
      </div>
      {part === 'missed' && (community ? <MissedList {...{ round, community }} {...(mayRecord ? { onDeclare: declare } : {})} /> : <Notice>{d('chooseCommunity')}</Notice>)}
      {part === 'declarations' && <Declarations key={`${round.number}-${community?.id ?? ''}`} {...{ round, community }} />}
      {part === 'record' && <RecordDeclaration {...{ round, person }} onPerson={setPerson} />}
    </div>
  )
}
