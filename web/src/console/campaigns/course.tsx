/// The course of a campaign: what was done by whom, what can be done now, and what the server is at work on.
import { useState } from 'preact/hooks'
import type { Staff } from '../../api/types'
import { dateTime } from '../../i18n/time'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { when } from '../health'
import { k } from '../text/campaigns'
import { AskStep } from './ask_step'
import { ClosingCountsView } from './closing_counts'
import { count, history } from './figures'
import { Refine } from './refine'
import { endsAtMs } from './refine_scope'
import { Schedule } from './schedule'
import { staleSentence } from './sentences'
import type { CampaignFile } from './shapes'
import { isGrave, type Possible, possibleSteps, type Step } from './steps'

interface Props {
  file: CampaignFile
  staff: Staff
  /** A step was taken, or somebody else has taken one: this is how it stands now. */
  onFile: (file: CampaignFile) => void
  /** Reads it anew. */
  reload: () => Promise<CampaignFile | null>
  onEdit: () => void
}

function History({ file }: { file: CampaignFile }) {
  return (
    <ol class="history">
      {history(file).map(({ what, by }) => (
        <li key={what} data-test={`did-${what}`}>
          <strong>{k(`did-${what}`)}</strong> {k('byAt', { name: by.name, time: when(by.at) })}
        </li>
      ))}
    </ol>
  )
}

/** How far colours are given or taken back. */
function UnderWay({ state, closingApproved, given, undone, closing, mostGiven }: CampaignFile) {
  const isReversed = state === 'reversed'
  if (!isReversed && !closingApproved) return null
  const [part, whole] = isReversed ? [undone, given] : [given, closing?.given ?? mostGiven ?? given]
  const words = isReversed ? k('undoProgress', { undone: count(undone), given: count(given) }) : k('colourProgress', { given: count(given), most: count(whole) })
  return (
    <p data-test="under-way">
      <progress max={Math.max(1, whole)} value={part} aria-label={words} /> {words}
    </p>
  )
}

function Steps({ file, steps, onStep }: { file: CampaignFile; steps: readonly Possible[]; onStep: (step: Step) => void }) {
  if (steps.length === 0) return <p class="quiet">{k('noSteps')}</p>
  const words = (step: Step) => (step === 'ask-to-close' && file.state === 'closing' ? k('again') : k(`do-${step}`))
  const look = (step: Step, i: number) => (isGrave(step) ? 'danger' : i === 0 ? 'primary' : 'plain')
  return (
    <>
      <div class="buttons wrap">
        {steps.map(({ step, isOwn }, i) => (
          <Button key={step} look={look(step, i)} disabled={isOwn} onClick={() => onStep(step)} data-test={`do-${step}`}>
            {words(step)}
          </Button>
        ))}
      </div>
      {steps
        .filter(({ isOwn }) => isOwn)
        .map(({ step }) => (
          <Notice key={step}>
            <span data-test="own-step">{k(step === 'approve' ? 'ownDraft' : 'ownClosing')}</span>
          </Notice>
        ))}
      <Running file={file} steps={steps} />
    </>
  )
}

/** Nobody is asked to come after the colours are given. */
function Running({ file, steps }: { file: CampaignFile; steps: readonly Possible[] }) {
  const ends = endsAtMs(file)
  const isHere = file.state === 'running' && steps.some(({ step }) => step === 'ask-to-close')
  if (!isHere || ends <= Date.now()) return null
  return <Notice>{k('stillOpen', { time: dateTime(ends) })}</Notice>
}

export function Course({ file, staff, onFile, reload, onEdit }: Props) {
  const [asking, setAsking] = useState<Exclude<Step, 'redraft'> | null>(null)
  const [told, setTold] = useState<{ tone: 'good' | 'bad'; words: () => string } | null>(null)
  const steps = possibleSteps(file, staff)
  const start = (step: Step) => {
    setTold(null)
    if (step === 'redraft') onEdit()
    else setAsking(step)
  }
  const done = (next: CampaignFile) => {
    const step = asking
    setAsking(null)
    onFile(next)
    setTold(step && { tone: 'good', words: () => k('doneStep', { step: k(`yes-${step}`) }) })
  }
  const stale = async () => {
    setAsking(null)
    const next = await reload()
    if (next) setTold({ tone: 'bad', words: () => staleSentence(next) })
  }
  const dialog = { file, onDone: done, onStale: () => void stale(), onClose: () => setAsking(null) }
  return (
    <div class="stack">
      <section class="card stack">
        <History file={file} />
        <UnderWay {...file} />
        {file.state === 'closing' && file.closing && (
          <>
            <h2>{k('askedScope')}</h2>
            <ClosingCountsView counts={file.closing} colour={file.colour} />
          </>
        )}
        <h2>{k('nextSteps')}</h2>
        <div aria-live="polite">
          {told && (
            <Notice tone={told.tone}>
              <span data-test={told.tone === 'bad' ? 'stale' : 'step-done'}>{told.words()}</span>
            </Notice>
          )}
        </div>
        <Steps file={file} steps={steps} onStep={start} />
      </section>
      {asking === 'refine' && <Refine {...dialog} role={staff.role} />}
      {asking && asking !== 'refine' && <AskStep {...dialog} step={asking} />}
      <Schedule file={file} />
    </div>
  )
}
