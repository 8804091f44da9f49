/// Audit log, newest first as the server gives it.
import { useEffect } from 'preact/hooks'
import type { AuditEntry } from '../api/types'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { Table } from '../ui/table'
import { when } from './health'
import { usePages } from './pages'
import { c, word } from './text/console'

export function Audit() {
  const { items, more, busy, error, load, next } = usePages<AuditEntry>()
  useEffect(() => void load('/v1/audit'), [])
  return (
    <section class="card stack" data-test="audit">
      {error && <Notice tone="bad">{error}</Notice>}
      <Table
        label={c('audit')}
        empty={c(busy ? 'loading' : 'nothing')}
        heads={[c('at'), c('staff'), c('action'), c('subject'), c('purposeHead')]}
        rows={items.map(({ id, at, staffId, staffName, action, subjectId, purpose }) => ({
          key: id,
          cells: [when(at), staffName ?? staffId ?? '—', word(action), subjectId ?? '', purpose ?? ''],
        }))}
      />
      {more && (
        <Button busy={busy} onClick={() => void next()}>
          {c('more')}
        </Button>
      )}
    </section>
  )
}
