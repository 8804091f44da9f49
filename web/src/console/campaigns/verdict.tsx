/// What the check says: all is well, or a list of mistakes, each leading to its place.
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { when } from '../health'
import { f } from '../text/campaign_form'
import type { Check } from './check'
import { placeWords, problemText } from './problems'
import { Remarks } from './remarks'
import type { TextProblem } from './shapes'

interface Props {
  check: Check
  isForm: boolean
  onGo: (problem: TextProblem) => void
}

export function Verdict({ check: { verdict, last, error }, isForm, onGo }: Props) {
  if (error && !verdict) return <Notice tone="warn">{f('checkFailed', { text: error })}</Notice>
  if (!last) return <p class="loading">{f('checking')}</p>
  if (last.valid && last.campaign) {
    const { areas, from, to, notes } = last.campaign
    return (
      <Notice tone="good">
        <span data-test="document-valid">{f('valid', { areas: areas.length, from: when(from), to: when(to) })}</span>
        <Remarks notes={notes} />
      </Notice>
    )
  }
  return (
    <Notice tone="bad">
      <strong data-test="document-invalid">{f('invalid', { n: last.problems.length })}</strong>
      <ul class="problems" data-test="problems">
        {last.problems.map((problem, i) => (
          <li key={i}>
            <Button look="link" onClick={() => onGo(problem)}>
              {placeWords(problem, isForm) || '…'}
            </Button>{' '}
            {problemText(problem)}
          </li>
        ))}
      </ul>
    </Notice>
  )
}
