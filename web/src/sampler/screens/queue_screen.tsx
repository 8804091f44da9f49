/// How many people wait: told with large buttons, for the display and for residents who choose a point.
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { useValue } from '../../ui/value'
import type { Sampler } from '../sampler'
import { d } from '../text/desk'
import { hourMinute } from '../words'

const MOST = 10_000
const STEPS = [-10, -1, 1, 10] as const

export function QueueScreen({ sampler }: { sampler: Sampler }) {
  const told = useValue(sampler.boxes.told)
  const { point } = useValue(sampler.settings.setup)
  const [waiting, setWaiting] = useState(told?.waiting ?? 0)
  const step = (by: number) => setWaiting(Math.min(MOST, Math.max(0, waiting + by)))
  return (
    <section class="stack">
      <h2>{d('queueTitle')}</h2>
      <div class="card stack stepper">
        <output class="big-number" aria-label={d('waitingPeople')} data-test="waiting-people">
          {waiting}
        </output>
        <div class="steps">
          {STEPS.map((by) => (
            <Button
              key={by}
              onClick={() => step(by)}
              aria-label={d(by < 0 ? 'less' : 'more', { n: Math.abs(by) })}
              data-test={`step${by > 0 ? '+' : ''}${by}`}
            >
              {by > 0 ? `+${by}` : `−${-by}`}
            </Button>
          ))}
        </div>
        <Button look="primary" onClick={() => void sampler.boxes.tell(waiting)} data-test="tell">
          {d('tell')}
        </Button>
        {told && <Notice tone="good">{d('told', { time: hourMinute(told.atMs), waiting: told.waiting })}</Notice>}
      </div>
      {point && (
        <p>
          <a class="button" href={`#display/${point.area}/${point.id}`} data-test="open-display">
            {d('toDisplay')}
          </a>
        </p>
      )}
    </section>
  )
}
