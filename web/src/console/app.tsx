/// The console: log in, then the tools of the role.
import { useState } from 'preact/hooks'
import type { Staff } from '../api/types'
import { lang } from '../i18n/lang'
import { Button } from '../ui/button'
import { Comfort } from '../ui/comfort'
import { Notice } from '../ui/notice'
import { Tabs } from '../ui/tabs'
import { useValue } from '../ui/value'
import { Accounts } from './accounts'
import { Audit } from './audit'
import { Check } from './check'
import { lazy } from './lazy'
import { Overload } from './overload/overload'
import { Results } from './results'
import { session, signOut } from './session'
import { SignIn } from './sign_in'
import { StatisticsView } from './statistics'
import { c, word } from './text/console'
import { type Tool, toolsOf } from './tools'
import { Venues } from './venues'

const LabDesk = lazy(() => import('./lab/lab_desk'))
const Tubes = lazy(() => import('./sampling/tube_desk'))
const Logistics = lazy(() => import('./sampling/logistics'))
const SamplingPoints = lazy(() => import('./sampling/points'))
const CaseFiles = lazy(() => import('./sampling/case_files'))
const Campaigns = lazy(() => import('./campaigns/campaigns'))
const DoorToDoor = lazy(() => import('./community/community'))
const Rules = lazy(() => import('./rules/rules'))

function Shown({ tool, staff }: { tool: Tool; staff: Staff }) {
  if (tool === 'check') return <Check role={staff.role} />
  if (tool === 'results') return <Results />
  if (tool === 'accounts') return <Accounts />
  if (tool === 'venues') return <Venues />
  if (tool === 'overload') return <Overload />
  if (tool === 'statistics') return <StatisticsView />
  if (tool === 'labDesk') return <LabDesk staff={staff} />
  if (tool === 'tubes') return <Tubes role={staff.role} />
  if (tool === 'logistics') return <Logistics role={staff.role} />
  if (tool === 'samplingPoints') return <SamplingPoints />
  if (tool === 'caseFiles') return <CaseFiles role={staff.role} />
  if (tool === 'campaigns') return <Campaigns />
  if (tool === 'door-to-door') return <DoorToDoor />
  if (tool === 'rules') return <Rules />
  return <Audit />
}

function Desk({ staff }: { staff: Staff }) {
  const tools = toolsOf(staff.role)
  const [chosen, setChosen] = useState<Tool | undefined>(tools[0])
  return (
    <main class="desk stack">
      {staff.role === 'verifier' && (
        <p class="no-print">
          <a href="/verifier">{c('toVerifier')}</a>
        </p>
      )}
      {staff.role === 'sampler' && (
        <p class="no-print">
          <a href="/sampler">{c('toSampler')}</a>
        </p>
      )}
      {!chosen && <Notice>{c('noTools')}</Notice>}
      {chosen && (
        <>
          <div class="no-print">
            <Tabs label={c('title')} value={chosen} items={tools.map((tool) => [tool, c(tool)] as const)} onValue={setChosen} />
          </div>
          <Shown tool={chosen} staff={staff} />
        </>
      )}
    </main>
  )
}

export function App() {
  useValue(lang)
  const staff = useValue(session)?.staff
  document.title = c('title')
  return (
    <>
      <header class="bar no-print">
        <h1>{c('title')}</h1>
        {staff && (
          <span data-test="who">
            {staff.name} · {word(staff.role)}
          </span>
        )}
        <Comfort />
        {staff && (
          <Button onClick={() => void signOut()} data-test="sign-out">
            {c('signOut')}
          </Button>
        )}
      </header>
      {staff ? (
        <Desk key={staff.id} staff={staff} />
      ) : (
        <main class="desk">
          <SignIn />
        </main>
      )}
    </>
  )
}
