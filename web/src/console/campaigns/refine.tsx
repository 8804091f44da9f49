/// Other times for an area, a street or a community: chosen by name, checked here, confirmed with the number of people.
import { useState } from 'preact/hooks'
import type { Role } from '../../api/types'
import { useArrival } from '../../ui/arrival'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { k } from '../text/campaigns'
import { count } from './figures'
import { type ChosenScope, chosenScope, SCOPES, type ScopeChoice, ScopeFields, useCommunities, windowsNow } from './refine_scope'
import { mistakeSentence } from './sentences'
import type { CampaignFile } from './shapes'
import { StepDialog } from './step_dialog'
import { WindowRows } from './window_rows'
import { extended, instantsOf, localWindows, mistakeIn, type TestWindow, windowsWords } from './windows'

const EXTENSIONS_H = [1, 2, 4]

interface Props {
  file: CampaignFile
  role: Role
  onDone: (file: CampaignFile) => void
  onStale: () => void
  onClose: () => void
}

export function Refine({ file, role, onDone, onStale, onClose }: Props) {
  const heading = useArrival()
  const kinds = role === 'community-worker' ? (['community'] as const) : SCOPES
  const [choice, setChoice] = useState<ScopeChoice>({ kind: kinds[0], area: '', place: '' })
  const [windows, setWindows] = useState<TestWindow[]>([])
  const [asking, setAsking] = useState<ChosenScope | null>(null)
  const communities = useCommunities(file, choice.area)
  const scope = chosenScope(choice, file, communities.items)
  const mistake = scope ? mistakeIn(windows) : null
  const choose = (next: ScopeChoice) => {
    setChoice(next)
    // What holds there now is what is changed.
    setWindows(localWindows(windowsNow(file, next)))
  }
  return (
    <section class="card stack" data-test="refine">
      <h2 ref={heading} tabIndex={-1}>
        {k('refineTitle')}
      </h2>
      {role === 'community-worker' && <p class="quiet">{k('ownCommunityOnly')}</p>}
      <p class="quiet">{k('refineHint')}</p>
      <div class="row">
        <ScopeFields {...{ file, kinds, choice }} {...communities} onChoice={choose} />
      </div>
      {choice.area && (
        <>
          <WindowRows id="refine" owner={scope?.name ?? ''} windows={windows} onWindows={setWindows} />
          <div class="buttons">
            {EXTENSIONS_H.map((hours) => (
              <Button key={hours} onClick={() => setWindows(extended(windows, hours))} data-test={`extend-${hours}`}>
                {k('extend', { hours })}
              </Button>
            ))}
          </div>
        </>
      )}
      {mistake && <Notice tone="warn">{mistakeSentence(mistake)}</Notice>}
      <div class="buttons">
        <Button look="primary" disabled={!scope || Boolean(mistake)} onClick={() => setAsking(scope)} data-test="review-refine">
          {k('review')}
        </Button>
        <Button onClick={onClose}>{k('cancel')}</Button>
      </div>
      {asking && (
        <StepDialog
          {...{ file, onDone, onStale }}
          step="refine"
          title={k('yes-refine')}
          body={{ scope: asking.body, windows: instantsOf(windows) }}
          onClose={() => setAsking(null)}
        >
          <p data-test="step-ask">{k('ask-refine', { scope: asking.name, windows: windowsWords(windows), people: count(asking.people) })}</p>
          {asking.unchanged > 0 && <p data-test="step-unchanged">{k('ask-refine-unchanged', { people: count(asking.unchanged) })}</p>}
        </StepDialog>
      )}
    </section>
  )
}
