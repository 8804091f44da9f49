/// People who need a single sample after a pooled tube, longest first; to be printed and taken along.
import { useEffect, useState } from 'preact/hooks'
import type { Role } from '../../api/types'
import { dateTime } from '../../i18n/time'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { Table } from '../../ui/table'
import { when } from '../health'
import { type Pages, usePages } from '../pages'
import { g } from '../text/sampling'
import { type AreaChoice, areaCode, areaName } from './area'
import { AreaField } from './area_field'
import { AgeBadge } from './overdue'
import { homeOf, PersonCell } from './person_cell'
import type { ResampleTask } from './types'

/** Hours after which somebody who is yellow for a tube has waited too long for the single sample. */
const LATE_HOURS = 6

function queryOf(area: AreaChoice | null): string {
  if (!area) return ''
  return area.scope === 'community' ? `&community=${area.community.id}` : `&district=${areaCode(area)}`
}

function Sheet({ pages, area, role }: { pages: Pages<ResampleTask>; area: AreaChoice | null; role: Role }) {
  const { items, more, busy } = pages
  return (
    <>
      <h2 class="print-only">{g('printed', { area: area ? areaName(area) : g('wholeCity'), time: dateTime(Date.now()) })}</h2>
      {items.length > 0 && <p data-test="task-count">{more ? g('printMore', { n: items.length }) : g('taskCount', { n: items.length })}</p>}
      <Table
        label={g('resampleList')}
        empty={g(busy ? 'loading' : 'tasksNone')}
        heads={[g('person'), g('home'), g('tube'), g('sampled'), g('made'), g('age'), <span class="print-only">{g('done')}</span>]}
        rows={items.map((task) => ({
          key: task.id,
          cells: [
            <PersonCell person={task.person} role={role} />,
            homeOf(task.person),
            <span class="code-text">{task.tube}</span>,
            when(task.sampled),
            when(task.made),
            <AgeBadge ageS={task.ageS} hours={LATE_HOURS} isPerson />,
            <span class="print-only">☐</span>,
          ],
        }))}
      />
    </>
  )
}

export function Resample({ role }: { role: Role }) {
  const [area, setArea] = useState<AreaChoice | null>(null)
  const pages = usePages<ResampleTask>()
  const refresh = () => void pages.load(`/v1/resample-tasks?limit=200${queryOf(area)}`)
  useEffect(refresh, [area])
  return (
    <section class="card stack" data-test="resample">
      <div class="row no-print">
        <AreaField id="task-area" label={g('area')} scopes={['community', 'district']} value={area} onValue={setArea} />
        <Button busy={pages.busy} onClick={refresh}>
          {g('refresh')}
        </Button>
        <Button disabled={pages.items.length === 0} onClick={() => window.print()} data-test="print-tasks">
          {g('print')}
        </Button>
      </div>
      {pages.error && <Notice tone="bad">{pages.error}</Notice>}
      <Sheet pages={pages} area={area} role={role} />
      {pages.more && (
        <div class="no-print">
          <Button busy={pages.busy} onClick={() => void pages.next()}>
            {g('more')}
          </Button>
        </div>
      )}
    </section>
  )
}
