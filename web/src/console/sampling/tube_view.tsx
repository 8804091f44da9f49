/// A tube with everybody in it, what is odd about it, and every version of its result.
import { useState } from 'preact/hooks'
import type { Role } from '../../api/types'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { Table } from '../../ui/table'
import { Facts, when } from '../health'
import { Amend } from '../lab/amend'
import { client } from '../session'
import { word } from '../text/console'
import { g, samplingWord } from '../text/sampling'
import { mayUndoSample } from '../tools'
import { homeOf, PersonCell } from './person_cell'
import { RemarkDialog } from './remark_dialog'
import type { TubeFile, TubeResult, TubeRowOutcome, TubeSample } from './types'

const OUTCOMES = { negative: 'good', positive: 'bad', indeterminate: 'warn', invalid: 'quiet' } as const

/** The latest version counts; null before the first. */
export function inForce(results: readonly TubeResult[]): TubeResult | null {
  return results.reduce<TubeResult | null>((latest, each) => (latest && latest.version > each.version ? latest : each), null)
}

function kindOf({ size, household }: TubeFile): string {
  if (size == null) return g('unknownTube')
  const kind = size === 1 ? g('sizeSingle') : g('sizeOf', { size })
  return household ? `${kind} · ${g('householdTube')}` : kind
}

function Summary({ file }: { file: TubeFile }) {
  const time = (at: string | null | undefined) => (at ? when(at) : g('notYet'))
  return (
    <>
      <h2>
        {g('tube')} <span class="code-text">{file.tube}</span>
      </h2>
      <Facts
        rows={[
          [g('tubeKind'), kindOf(file)],
          [g('people'), file.people],
          [g('point'), file.pointName ?? file.pointId ?? '—'],
          [g('opened'), time(file.opened)],
          [g('sealed'), time(file.sealed)],
          [g('box'), file.box ?? g('notYet')],
          [g('received'), time(file.received)],
        ]}
      />
      {file.flags.length > 0 && (
        <Notice tone="warn">
          <ul data-test="tube-flags">
            {file.flags.map((flag) => (
              <li key={flag}>{samplingWord(flag)}</li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  )
}

function People({ file, role, onUndo }: { file: TubeFile; role: Role; onUndo: (sample: TubeSample) => void }) {
  const mayUndo = mayUndoSample(role) && file.results.length === 0
  return (
    <Table
      label={g('who')}
      empty={g('result-without-samples')}
      heads={[g('person'), g('home'), g('sampled'), g('source'), g('state')]}
      rows={file.samples.map((sample) => ({
        key: sample.id,
        cells: [
          <PersonCell person={sample.person} role={role} />,
          homeOf(sample.person),
          when(sample.sampled),
          samplingWord(sample.source),
          <>
            <Badge tone={sample.undone ? 'quiet' : 'good'}>{sample.undone ? g('undone', { time: when(sample.undone) }) : g('live')}</Badge> {sample.undoneBy?.name}
            {mayUndo && !sample.undone && (
              <Button look="link" onClick={() => onUndo(sample)} data-test={`undo-${sample.id}`} aria-label={g('undoTitle', { name: sample.person.name })}>
                {g('undo')}
              </Button>
            )}
          </>,
        ],
      }))}
    />
  )
}

function Results({ file }: { file: TubeFile }) {
  const latest = inForce(file.results)
  const newestFirst = [...file.results].sort((a, b) => b.version - a.version)
  return (
    <Table
      label={g('results')}
      empty={g('noResults')}
      heads={[g('version'), word('outcome'), word('method'), word('received'), word('reported'), word('institution'), g('posted'), g('by'), g('remark')]}
      rows={newestFirst.map((result) => ({
        key: result.version,
        cells: [
          <>
            {result.version} <Badge tone={result === latest ? 'good' : 'quiet'}>{g(result === latest ? 'current' : 'superseded')}</Badge>
          </>,
          <Badge tone={OUTCOMES[result.outcome]}>{word(result.outcome)}</Badge>,
          word(result.method),
          when(result.received),
          when(result.reported),
          result.institution,
          when(result.posted),
          g('staffNumber', { n: result.staffId }),
          result.remark ?? '',
        ],
      }))}
    />
  )
}

interface Props {
  file: TubeFile
  role: Role
  /** Something of the tube was changed, perhaps by an amendment: it is to be read again. */
  onChanged: (amendment?: TubeRowOutcome) => void
}

export function TubeView({ file, role, onChanged }: Props) {
  const [undoing, setUndoing] = useState<TubeSample | null>(null)
  const latest = inForce(file.results)
  const undo = (sample: TubeSample, remark: string) => client.post(`/v1/tubes/${file.tube}/samples/${sample.id}/undo`, { remark })
  const undone = () => {
    setUndoing(null)
    onChanged()
  }
  return (
    <section class="card stack" data-test="tube-file" aria-live="polite">
      <Summary file={file} />
      <h3>{g('results')}</h3>
      <Results file={file} />
      {role === 'lab' && latest && <Amend key={latest.version} file={file} latest={latest} onAmended={onChanged} />}
      <h3>{g('who')}</h3>
      <People file={file} role={role} onUndo={setUndoing} />
      {undoing && (
        <RemarkDialog
          title={g('undoTitle', { name: undoing.person.name })}
          yes={g('undoYes')}
          request={(remark) => undo(undoing, remark)}
          onDone={undone}
          onClose={() => setUndoing(null)}
        >
          {g('undoText', { tube: file.tube })}
        </RemarkDialog>
      )}
    </section>
  )
}
