/// The lab's tools: import, scan and enter, receive, find and amend.
import { useState } from 'preact/hooks'
import type { Staff } from '../../api/types'
import { Tabs } from '../../ui/tabs'
import TubeDesk from '../sampling/tube_desk'
import { c } from '../text/console'
import { l } from '../text/lab'
import { ImportDesk } from './import_desk'
import './lab.css'
import { Receive } from './receive'
import { TypeResults } from './type_results'

const WAYS = ['importFile', 'typeResults', 'receiveBoxes', 'correctResult'] as const

export default function LabDesk({ staff }: { staff: Staff }) {
  const [way, setWay] = useState<(typeof WAYS)[number]>('importFile')
  return (
    <div class="stack">
      <Tabs label={c('labDesk')} value={way} items={WAYS.map((each) => [each, l(each)] as const)} onValue={setWay} />
      {way === 'importFile' && <ImportDesk />}
      {way === 'typeResults' && <TypeResults staffId={staff.id} />}
      {way === 'receiveBoxes' && <Receive />}
      {way === 'correctResult' && <TubeDesk role={staff.role} />}
    </div>
  )
}
