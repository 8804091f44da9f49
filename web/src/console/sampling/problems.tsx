/// What is odd about samples and tubes, to be looked into and resolved with a remark.
import { useEffect, useState } from 'preact/hooks'
import type { Role } from '../../api/types'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { Select } from '../../ui/select'
import { Table } from '../../ui/table'
import { when } from '../health'
import { usePages } from '../pages'
import { client } from '../session'
import { g, samplingWord } from '../text/sampling'
import { PersonCell } from './person_cell'
import { RemarkDialog } from './remark_dialog'
import type { SampleProblem } from './types'

type Which = 'open' | 'all'
const WHICH: readonly Which[] = ['open', 'all']

function State({ problem, onResolve }: { problem: SampleProblem; onResolve: () => void }) {
  if (problem.resolved) {
    return (
      <>
        <Badge tone="good">{g('resolved', { time: when(problem.resolved) })}</Badge> {problem.resolvedBy?.name} <br />
        <small>{problem.remark}</small>
      </>
    )
  }
  return (
    <>
      <Badge tone="warn">{g('open')}</Badge>
      <Button look="link" onClick={onResolve} data-test={`resolve-${problem.id}`} aria-label={`${g('resolve')} ${problem.tube}`}>
        {g('resolve')}
      </Button>
    </>
  )
}

export function Problems({ role }: { role: Role }) {
  const [which, setWhich] = useState<Which>('open')
  const [resolving, setResolving] = useState<SampleProblem | null>(null)
  const { items, more, busy, error, load, next } = usePages<SampleProblem>()
  const refresh = () => void load(`/v1/sample-problems?open=${which === 'open'}`)
  useEffect(refresh, [which])
  const close = () => {
    setResolving(null)
    // Also after a refusal: somebody else may have resolved it meanwhile.
    refresh()
  }
  return (
    <section class="card stack" data-test="problems">
      <div class="row narrow">
        <Select id="which-problems" label={g('showWhich')} value={which} options={WHICH.map((each) => [each, g(each)] as const)} onValue={setWhich} />
        <Button busy={busy} onClick={refresh}>
          {g('refresh')}
        </Button>
      </div>
      {error && <Notice tone="bad">{error}</Notice>}
      <Table
        label={g('problems')}
        empty={g(busy ? 'loading' : 'problemsNone')}
        heads={[g('noticed'), g('problem'), g('tube'), g('person'), g('point'), g('toldBy'), g('state')]}
        rows={items.map((problem) => ({
          key: problem.id,
          cells: [
            when(problem.at),
            samplingWord(problem.kind),
            <span class="code-text">{problem.tube}</span>,
            problem.person ? <PersonCell person={problem.person} role={role} /> : '—',
            problem.pointName ?? problem.pointId ?? '—',
            problem.staffId == null ? '—' : g('staffNumber', { n: problem.staffId }),
            <State problem={problem} onResolve={() => setResolving(problem)} />,
          ],
        }))}
      />
      {more && (
        <Button busy={busy} onClick={() => void next()}>
          {g('more')}
        </Button>
      )}
      {resolving && (
        <RemarkDialog
          title={g('resolveTitle')}
          yes={g('resolveYes')}
          request={(remark) => client.post(`/v1/sample-problems/${resolving.id}/resolve`, { remark })}
          onDone={close}
          onClose={close}
        >
          {g('resolveText', { tube: resolving.tube, kind: samplingWord(resolving.kind) })}
        </RemarkDialog>
      )}
    </section>
  )
}
