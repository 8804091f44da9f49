/// The dialog of each step, with the figures that it rests on.
import { Notice } from '../../ui/notice'
import { k } from '../text/campaigns'
import { ClosingCountsView } from './closing_counts'
import { useLive } from './live'
import { askSentence } from './sentences'
import type { CampaignFile, ClosingCounts, Coverage } from './shapes'
import { StepDialog } from './step_dialog'
import type { Step } from './steps'

interface Props {
  file: CampaignFile
  step: Exclude<Step, 'redraft' | 'refine'>
  onDone: (file: CampaignFile) => void
  onStale: () => void
  onClose: () => void
}

const NEEDS_TOTAL: readonly Step[] = ['approve', 'start']

export function AskStep({ file, step, ...rest }: Props) {
  const coverage = useLive<Coverage>(NEEDS_TOTAL.includes(step) ? `/v1/campaigns/${file.number}/coverage?by=district` : null, 0)
  const preview = useLive<ClosingCounts>(step === 'ask-to-close' ? `/v1/campaigns/${file.number}/closing-preview` : null, 0)
  const counts = step === 'ask-to-close' ? preview.value : step === 'approve-closing' || step === 'refuse-closing' ? file.closing : null
  const isCounting = (NEEDS_TOTAL.includes(step) && !coverage.value) || (step === 'ask-to-close' && !preview.value)
  const error = coverage.error || preview.error
  return (
    <StepDialog {...rest} file={file} step={step} title={k(`yes-${step}`)} isCounting={isCounting}>
      {counts && <ClosingCountsView counts={counts} colour={file.colour} />}
      {isCounting ? <p class="loading">{k('counting')}</p> : <p data-test="step-ask">{askSentence(step, file, coverage.value?.total ?? null)}</p>}
      {error && <Notice tone="bad">{error}</Notice>}
    </StepDialog>
  )
}
