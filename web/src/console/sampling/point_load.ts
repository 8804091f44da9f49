/// How full sampling points are: what is compared, and how long a queue takes.
import type { SamplingPoint } from '../../api/types'

export type PointOrder = 'busiest' | 'longestQueue' | 'byName'

/** Minutes until the last one in the queue is sampled at the pace of the last 10 min; `stuck` without any pace; null if nobody queues. */
export function queueMinutes({ waiting, people10Min }: Pick<SamplingPoint, 'waiting' | 'people10Min'>): number | 'stuck' | null {
  if (!waiting) return null
  return people10Min > 0 ? Math.ceil((10 * waiting) / people10Min) : 'stuck'
}

/** Sorted without touching the list itself; points that are closed come last. */
export function ordered(points: readonly SamplingPoint[], order: PointOrder): SamplingPoint[] {
  const figure = ({ people10Min, waiting }: SamplingPoint) => (order === 'busiest' ? people10Min : (waiting ?? -1))
  return [...points].sort((a, b) => {
    const closed = Number(Boolean(a.closed)) - Number(Boolean(b.closed))
    const more = order === 'byName' ? 0 : figure(b) - figure(a)
    return closed || more || a.name.localeCompare(b.name, 'zh')
  })
}

/** The most people any of them sampled in the last 10 min; bars are drawn against it. */
export function mostPeople(points: readonly SamplingPoint[]): number {
  return points.reduce((most, { people10Min }) => Math.max(most, people10Min), 0)
}
