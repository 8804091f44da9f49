/// Windows to be edited one below the other, in times of the city's clocks.
import { Button } from '../../ui/button'
import { k } from '../text/campaigns'
import { following, type TestWindow } from './windows'

interface Props {
  /** Prefix of the inputs' ids, such as `campaign-areas[2]`. */
  id: string
  windows: readonly TestWindow[]
  onWindows: (windows: TestWindow[]) => void
  /** What is wrong at `windows[0].from` and the like. */
  errorAt?: (path: string) => string
  /** Says whose windows they are, to screen readers. */
  owner: string
}

interface InputProps {
  id: string
  label: string
  value: string
  onValue: (value: string) => void
  error: string
}

/** A date-time field in a row: its label is for screen readers, the heading of the table for everybody else. */
export function TimeInput({ id, label, value, onValue, error }: InputProps) {
  return (
    <div class="field time">
      <input
        {...{ id, value, type: 'datetime-local' as const }}
        aria-label={label}
        aria-invalid={Boolean(error)}
        {...(error ? { 'aria-describedby': `${id}-error` } : {})}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <p class="error" id={`${id}-error`} aria-live="polite">
        {error}
      </p>
    </div>
  )
}

export function WindowRows({ id, windows, onWindows, errorAt = () => '', owner }: Props) {
  const set = (index: number, patch: Partial<TestWindow>) => onWindows(windows.map((window, i) => (i === index ? { ...window, ...patch } : window)))
  return (
    <div class="windows">
      {windows.map((window, i) => {
        const at = `windows[${i}]`
        const name = `${owner} ${k('windowNo', { n: i + 1 })}`
        return (
          <div key={i} class="window" id={`${id}.${at}`} tabIndex={-1}>
            <TimeInput id={`${id}.${at}.from`} label={`${name} ${k('from')}`} value={window.from} onValue={(from) => set(i, { from })} error={errorAt(`${at}.from`)} />
            <span aria-hidden="true">–</span>
            <TimeInput id={`${id}.${at}.to`} label={`${name} ${k('to')}`} value={window.to} onValue={(to) => set(i, { to })} error={errorAt(`${at}.to`)} />
            <Button look="link" onClick={() => onWindows(windows.filter((_window, other) => other !== i))} aria-label={`${k('removeWindow')} ${name}`}>
              {k('removeWindow')}
            </Button>
            <p class="error">{errorAt(at)}</p>
          </div>
        )
      })}
      <p class="error">{errorAt('windows')}</p>
      <Button look="link" onClick={() => onWindows([...windows, following(windows)])} aria-label={`${owner} ${k('addWindow')}`} data-test={`add-window-${id}`}>
        + {k('addWindow')}
      </Button>
    </div>
  )
}
