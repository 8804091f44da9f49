/// The big screen at the point: how many wait, when it is open, how fast it goes. Needs no log in.
import { useEffect, useState } from 'preact/hooks'
import { createClient } from '../../api/client'
import type { PointQueues } from '../../api/types'
import { age, clockTime } from '../../i18n/time'
import { Clock, now } from '../../ui/clock'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import { d } from '../text/desk'
import { hourMinute } from '../words'
import './display.css'

/** Displays need not be newer than the counts people tell by hand. */
const EVERY_MS = 15_000
/** Beside the point's own queue. */
const NEARBY = 4

type Item = PointQueues['items'][number]

/** Street (9 digits) of a point's area, which may be a community (12 digits). */
export function streetOf(area: number): string {
  return String(area).slice(0, 9)
}

/** Minutes somebody who comes now waits, from what was sampled in the last ten; null if nothing was. */
export function waitMinutes({ waiting, people10Min }: Pick<Item, 'waiting' | 'people10Min'>): number | null {
  if (waiting === null || waiting === undefined || people10Min === 0) return null
  return Math.ceil((waiting * 10) / people10Min / 5) * 5
}

function useQueues(area: number): { queues: PointQueues | null; failed: boolean } {
  const [queues, setQueues] = useState<PointQueues | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    const client = createClient()
    let timer: ReturnType<typeof setTimeout>
    let ended = false
    const turn = async () => {
      await client.get<PointQueues>(`/v1/sampling-points/queues?area=${streetOf(area)}`, { tries: 1 }).then(
        (answer) => (setQueues(answer), setFailed(false)),
        () => setFailed(true),
      )
      // Screens that were switched on together must not go on asking together.
      if (!ended) timer = setTimeout(() => void turn(), EVERY_MS * (0.9 + 0.2 * Math.random()))
    }
    void turn()
    return () => {
      ended = true
      clearTimeout(timer)
    }
  }, [area])
  return { queues, failed }
}

function Hours({ opens, closes }: Item) {
  if (!opens || !closes) return null
  return <p>{d('hours', { from: hourMinute(Date.parse(opens)), to: hourMinute(Date.parse(closes)) })}</p>
}

function Own({ item }: { item: Item }) {
  const nowMs = useValue(now)
  const minutes = waitMinutes(item)
  return (
    <>
      <h2>{item.name}</h2>
      <p class="quiet">{item.address}</p>
      <p class="display-word">{d('displayWaiting')}</p>
      <p class="display-number" data-test="display-waiting">
        {item.waiting ?? d('displayUnknown')} {item.waiting !== null && item.waiting !== undefined && <small>{d('displayUnit')}</small>}
      </p>
      {minutes !== null && <p class="display-wait">{d('wait', { minutes })}</p>}
      <Hours {...item} />
      <p>
        {d('rate', { people: item.people10Min })}
        {item.waitingAt && ` · ${d('displayAt', { age: age(nowMs - Date.parse(item.waitingAt)) })}`}
      </p>
    </>
  )
}

export function Display({ area, pointId }: { area: number; pointId: number }) {
  const { queues, failed } = useQueues(area)
  const own = queues?.items.find(({ id }) => id === pointId)
  const others = queues?.items.filter(({ id }) => id !== pointId).slice(0, NEARBY) ?? []
  return (
    <main class="display" data-test="display">
      <header>
        <h1>{d('displayTitle')}</h1>
        <Clock />
      </header>
      {failed && <Notice tone="warn">{queues ? d('displayOffline', { age: clockTime(Date.parse(queues.asOf)) }) : d('unreachable')}</Notice>}
      {queues && !own && <Notice tone="warn">{d('displayClosed')}</Notice>}
      {own && (
        <section>
          <Own item={own} />
        </section>
      )}
      {others.length > 0 && (
        <section class="nearby">
          <h3>{d('nearby')}</h3>
          <ul>
            {others.map((item) => (
              <li key={item.id}>
                <span>{item.name}</span>
                <b>{item.waiting ?? '—'}</b>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p class="display-foot">{d('keepApart')}</p>
    </main>
  )
}
