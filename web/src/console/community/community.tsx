/// The community worker's tool: doors to knock on in a round, declarations to review (also while no round is on), declarations made for others.
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
  const [chosenPart, setPart] = useState<Part | null>(null)
  const [person, setPerson] = useState<Pick<PersonBrief, 'personId' | 'name' | 'documentTail'> | null>(null)
  if (error) return <Notice tone="bad">{error}</Notice>
  if (!rounds) return <p class="loading">{d('loading')}</p>
  const round = rounds.find((each) => each.number === number) ?? rounds[0]
  // What was declared is to be reviewed whether a round is on or not.
  const part = chosenPart ?? (round ? 'missed' : 'declarations')
  const mayRecord = RECORDERS.includes(session.value?.staff.role ?? 'verifier')
  const parts = PARTS.filter((each) => each !== 'record' || mayRecord)
  const declare = (chosen: PersonBrief) => {
    setPerson(chosen)
    setPart('record')
  }
  return (
    <div class="stack" data-test="door-to-door">
      <section class="card row no-print">
        {round && <RoundSelect rounds={rounds} number={round.number} onNumber={setNumber} />}
        <CommunityChoice value={community} onValue={setCommunity} />
      </section>
      <div class="no-print">
        <Tabs label={d('tools')} value={part} items={parts.map((each) => [each, d(each)] as const)} onValue={setPart} />
      </div>
      {!round && <Notice>{d(part === 'declarations' ? 'noRoundDeclarations' : 'noRound')}</Notice>}
      {round && part === 'missed' && (community ? <MissedList {...{ round, community }} {...(mayRecord ? { onDeclare: declare } : {})} /> : <Notice>{d('chooseCommunity')}</Notice>)}
      {part === 'declarations' && <Declarations {...{ round, community }} />}
      {round && part === 'record' && <RecordDeclaration {...{ round, person }} onPerson={setPerson} />}
    </div>
  )
}
