/// One box, or loose tubes, being unpacked.
import { useRef, useState } from 'preact/hooks'
import { Badge } from '../../ui/badge'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { Table } from '../../ui/table'
import { ScanForm } from '../sampling/scan_form'
import type { ReceivedBox, TubeRowOutcome } from '../sampling/types'
import { client, failureText } from '../session'
import { l } from '../text/lab'
import { answered, nextBatch, type ScannedTube, withTube } from './receipt'
import { saidOf } from './row_words'

const TONES = { waiting: 'warn', recorded: 'good', duplicate: 'quiet', rejected: 'bad' } as const
const WORDS = { waiting: 'waiting', recorded: 'took', duplicate: 'tookAlready', rejected: 'rejected' } as const

/** Tells the server of scanned tubes, as many at once as have gathered while the last answer was awaited. */
function useReceipt(first: ReceivedBox | null) {
  const [box, setBox] = useState(first)
  const [tubes, setTubes] = useState<ScannedTube[]>([])
  const [error, setError] = useState('')
  const known = useRef<{ tubes: ScannedTube[]; isSending: boolean }>({ tubes: [], isSending: false })
  const keep = (next: ScannedTube[]) => {
    known.current.tubes = next
    setTubes(next)
  }
  const tellAll = async () => {
    // A tube the server did not speak of would be sent for ever.
    const unspoken = new Set<string>()
    const untold = () => nextBatch(known.current.tubes).filter((tube) => !unspoken.has(tube))
    do {
      for (let batch = untold(); batch.length > 0; batch = untold()) {
        const inBox = first ? { box: first.box } : {}
        const answer = await client.post<{ items: TubeRowOutcome[] }>('/v1/tubes/receive', { ...inBox, tubes: batch })
        const next = answered(known.current.tubes, answer.items)
        keep(next)
        const left = nextBatch(next)
        for (const tube of batch) if (left.includes(tube)) unspoken.add(tube)
      }
      // What is missing is the server's to say: another desk may unpack the same box.
      if (first) setBox(await client.post<ReceivedBox>(`/v1/boxes/${first.box}/receive`, {}))
      // What was scanned while that was awaited has nobody else to tell it.
    } while (untold().length > 0)
  }
  const tell = async () => {
    if (known.current.isSending) return
    known.current.isSending = true
    setError('')
    try {
      await tellAll()
    } catch (failure) {
      setError(failureText(failure))
    } finally {
      known.current.isSending = false
    }
  }
  const scan = (tube: string): string | null => {
    keep(withTube(known.current.tubes, tube))
    void tell()
    return null
  }
  return { box, tubes, error, scan, tell }
}

function Codes({ tubes, test }: { tubes: readonly string[]; test: string }) {
  return (
    <ul class="codes" data-test={test}>
      {tubes.map((tube) => (
        <li key={tube}>{tube}</li>
      ))}
    </ul>
  )
}

/** What the box holds against what was sent. */
function Compared({ box }: { box: ReceivedBox }) {
  const { missing, unsent, packed } = box
  if (!packed) return <Notice tone="warn">{l('neverPacked')}</Notice>
  return (
    <div class="halves" aria-live="polite">
      <Notice tone={missing.length > 0 ? 'bad' : 'good'}>
        <strong data-test="missing-count">{missing.length > 0 ? l('missing', { n: missing.length }) : l('missingNone')}</strong>
        <Codes tubes={missing} test="missing" />
      </Notice>
      {unsent.length > 0 && (
        <Notice tone="warn">
          <strong data-test="unsent-count">{l('unsent', { n: unsent.length })}</strong>
          <Codes tubes={unsent} test="unsent" />
          <small>{l('unsentHint')}</small>
        </Notice>
      )}
    </div>
  )
}

function Scanned({ tubes }: { tubes: readonly ScannedTube[] }) {
  return (
    <>
      <p data-test="scanned-count">{l('scanned', { n: tubes.length })}</p>
      <Table
        label={l('scanned', { n: tubes.length })}
        empty={l('scannedNone')}
        heads={[l('tube'), l('status')]}
        rows={tubes.map(({ tube, state, said }) => ({
          key: tube,
          cells: [
            <span class="code-text">{tube}</span>,
            <span data-test={`taken-${tube}`} data-state={state}>
              <Badge tone={TONES[state]}>{l(WORDS[state])}</Badge> {state === 'rejected' && said && saidOf(said)}
            </span>,
          ],
        }))}
      />
    </>
  )
}

function Head({ box }: { box: ReceivedBox | null }) {
  if (!box) return <h2>{l('looseTubes')}</h2>
  const point = box.pointName ?? box.pointId ?? l('unknownWord')
  return (
    <>
      <h2>{l('openedBox', { box: box.box })}</h2>
      {box.packed && <p>{l('sentFrom', { point, courier: box.courier ?? l('unknownWord') })}</p>}
    </>
  )
}

export function BoxDesk({ first, onClose }: { first: ReceivedBox | null; onClose: () => void }) {
  const { box, tubes, error, scan, tell } = useReceipt(first)
  const waiting = nextBatch(tubes).length
  return (
    <section class="card stack" data-test="box-desk">
      <Head box={box} />
      <ScanForm id="tube-code" label={l('tubesHere')} button={l('take')} onScan={scan} test="scan-tube" isFocused />
      {error && (
        <Notice tone="bad" role="alert">
          <p>{waiting > 0 ? l('notTaken', { n: waiting, text: error }) : error}</p>
          <Button onClick={() => void tell()} data-test="tell-again">
            {l('tryAgain')}
          </Button>
        </Notice>
      )}
      {box && <Compared box={box} />}
      <Scanned tubes={tubes} />
      {box && box.missing.length > 0 && tubes.length > 0 && <p class="hint">{l('finishMissing', { n: box.missing.length })}</p>}
      <div class="buttons">
        <Button disabled={waiting > 0} onClick={onClose} data-test="finish-box">
          {first ? `${l('finish')} · ${l('otherBox')}` : l('finish')}
        </Button>
      </div>
    </section>
  )
}
