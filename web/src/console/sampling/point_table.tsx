/// Sampling points with their load: the fullest is seen at once, by bar and by word.
import { age, cityDate, clockTime, dayTime } from '../../i18n/time'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Table } from '../../ui/table'
import { p } from '../text/points'
import { mostPeople, queueMinutes } from './point_load'
import type { SamplingPoint } from '../../api/types'

function hoursOf({ opens, closes }: SamplingPoint): string {
  const time = (at: string) => dayTime(Date.parse(at))
  if (opens && closes) {
    const [from, until] = [Date.parse(opens), Date.parse(closes)]
    const isOneDay = cityDate(from) === cityDate(until)
    return p('between', { from: time(opens), until: isOneDay ? clockTime(until).slice(0, 5) : time(closes) })
  }
  return opens ? p('from', { time: time(opens) }) : closes ? p('until', { time: time(closes) }) : p('always')
}

function Load({ point, most }: { point: SamplingPoint; most: number }) {
  const { people10Min, name } = point
  const isFullest = most > 0 && people10Min === most
  return (
    <span class="bars-load" data-test={`load-${point.id}`} data-fullest={isFullest}>
      <progress class={isFullest ? 'full' : ''} max={Math.max(1, most)} value={people10Min} aria-label={`${name} ${p('load')}`} />
      <span class="one-line">
        {p('people', { n: people10Min })} {isFullest && <Badge tone="bad">{p('fullest')}</Badge>}
      </span>
    </span>
  )
}

function Queue({ point, nowMs }: { point: SamplingPoint; nowMs: number }) {
  const { waiting, waitingAt } = point
  if (waiting == null || !waitingAt) return <span class="quiet">{p('queueUnknown')}</span>
  const minutes = queueMinutes(point)
  return (
    <span class="wrapped">
      <span class="one-line">{p('queueOf', { n: waiting, age: age(nowMs - Date.parse(waitingAt)) })}</span>
      {minutes !== null && (
        <>
          <br />
          <Badge tone={minutes === 'stuck' || minutes > 60 ? 'bad' : minutes > 30 ? 'warn' : 'quiet'}>
            {minutes === 'stuck' ? p('queueStuck') : p('queueMinutes', { n: minutes })}
          </Badge>
        </>
      )}
    </span>
  )
}

function Today({ point: { peopleToday, tubesToday } }: { point: SamplingPoint }) {
  return (
    <>
      <span class="one-line">{p('people', { n: peopleToday })}</span>
      <br />
      <small class="quiet one-line">{p('tubes', { n: tubesToday })}</small>
    </>
  )
}

function State({ point, onClose }: { point: SamplingPoint; onClose: () => void }) {
  if (point.closed) {
    return (
      <>
        <Badge tone="quiet">{p('closed')}</Badge> <small class="one-line">{dayTime(Date.parse(point.closed))}</small>
      </>
    )
  }
  return (
    <>
      <Badge tone="good">{p('open')}</Badge>
      <Button look="link" onClick={onClose} data-test={`close-${point.id}`} aria-label={`${p('close')} ${point.name}`}>
        {p('close')}
      </Button>
    </>
  )
}

interface Props {
  points: readonly SamplingPoint[]
  empty: string
  onClose: (point: SamplingPoint) => void
}

export function PointTable({ points, empty, onClose }: Props) {
  const most = mostPeople(points.filter(({ closed }) => !closed))
  const nowMs = Date.now()
  return (
    <Table
      label={p('points')}
      empty={empty}
      heads={[p('name'), p('load'), p('queue'), p('today'), p('hours'), p('state')]}
      rows={points.map((point) => ({
        key: point.id,
        cells: [
          <>
            <strong>{point.name}</strong> <Badge tone="quiet">{p(point.kind)}</Badge>
            <br />
            <small class="quiet">{[point.areaName, point.address].filter(Boolean).join(' · ')}</small>
          </>,
          point.closed ? '—' : <Load point={point} most={most} />,
          point.closed ? '—' : <Queue point={point} nowMs={nowMs} />,
          <Today point={point} />,
          <span class="one-line">{hoursOf(point)}</span>,
          <State point={point} onClose={() => onClose(point)} />,
        ],
      }))}
    />
  )
}
