/// From the table to the lab: tubes that are late, problems of samples, people who need a single re-sample.
import { useState } from 'preact/hooks'
import type { Role } from '../../api/types'
import { Tabs } from '../../ui/tabs'
import { c } from '../text/console'
import { g } from '../text/sampling'
import { type LogisticsList, logisticsOf } from '../tools'
import { Overdue } from './overdue'
import { Problems } from './problems'
import { Resample } from './resample'
import './sampling.css'

export default function Logistics({ role }: { role: Role }) {
  const lists = logisticsOf(role)
  const [chosen, setChosen] = useState<LogisticsList>(lists[0] ?? 'overdue')
  return (
    <div class="stack">
      <div class="no-print">
        <Tabs label={c('logistics')} value={chosen} items={lists.map((list) => [list, g(list)] as const)} onValue={setChosen} />
      </div>
      {chosen === 'overdue' && <Overdue />}
      {chosen === 'problems' && <Problems role={role} />}
      {chosen === 'resampleList' && <Resample role={role} />}
    </div>
  )
}
