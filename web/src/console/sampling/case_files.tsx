/// Case files that positive single tests opened: the list that investigators start from.
import { useEffect } from 'preact/hooks'
import type { Role } from '../../api/types'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { Table } from '../../ui/table'
import { when } from '../health'
import { usePages } from '../pages'
import { c } from '../text/console'
import { g } from '../text/sampling'
import { homeOf, PersonCell } from './person_cell'
import './sampling.css'
import type { CaseFile } from './types'

export default function CaseFiles({ role }: { role: Role }) {
  const { items, more, busy, error, load, next } = usePages<CaseFile>()
  const refresh = () => void load('/v1/case-files')
  useEffect(refresh, [])
  return (
    <section class="card stack" data-test="case-files">
      <div class="buttons">
        <Button busy={busy} onClick={refresh}>
          {g('refresh')}
        </Button>
      </div>
      {error && <Notice tone="bad">{error}</Notice>}
      <Table
        label={c('caseFiles')}
        empty={g(busy ? 'loading' : 'casesNone')}
        heads={[g('person'), g('home'), g('caseOpened'), g('tube'), g('state')]}
        rows={items.map((file) => ({
          key: file.id,
          cells: [
            <PersonCell person={file.person} role={role} />,
            homeOf(file.person),
            when(file.opened),
            file.tube ? <span class="code-text">{file.tube}</span> : '—',
            <Badge tone={file.state === 'open' ? 'bad' : 'quiet'}>{g(file.state === 'open' ? 'caseOpen' : 'caseWithdrawn')}</Badge>,
          ],
        }))}
      />
      {more && (
        <Button busy={busy} onClick={() => void next()}>
          {g('more')}
        </Button>
      )}
    </section>
  )
}
