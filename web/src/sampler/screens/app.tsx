/// The sampler's page: log in once, set up once, then the table; everything else is one press away.
import { useEffect, useState } from 'preact/hooks'
import { lang } from '../../i18n/lang'
import { Login } from '../../staff_login/login'
import { Comfort } from '../../ui/comfort'
import { Icon } from '../../ui/icon'
import { useValue } from '../../ui/value'
import { NAV_ICONS } from '../icons'
import type { Sampler } from '../sampler'
import { watchRoom } from '../storage'
import { d } from '../text/desk'
import { Banners } from './banners'
import { BoxesScreen } from './boxes_screen'
import { Display } from './display'
import { QueueScreen } from './queue_screen'
import { SetupScreen } from './setup'
import { StatusBar } from './status_bar'
import { TableScreen } from './table_screen'
import { TubesScreen } from './tubes'
import { UploadsScreen } from './uploads'

const PLACES = ['table', 'tubes', 'boxes', 'queue', 'uploads'] as const
type Place = (typeof PLACES)[number]
const NAMES = { table: 'navTable', tubes: 'navTubes', boxes: 'navBoxes', queue: 'navQueue', uploads: 'navUploads' } as const

function Nav({ sampler, place, onPlace }: { sampler: Sampler; place: Place; onPlace: (place: Place) => void }) {
  const { samples, seals, errands, refused } = useValue(sampler.sync.waiting)
  const mark = { uploads: refused > 0 ? '!' : samples + seals + errands || '' } as Partial<Record<Place, string | number>>
  return (
    <nav class="nav" aria-label={d('navLabel')}>
      {PLACES.map((each) => (
        <button
          key={each}
          type="button"
          aria-current={each === place ? 'page' : undefined}
          onClick={() => onPlace(each)}
          data-test={`nav-${each}`}
        >
          <Icon path={NAV_ICONS[each]} />
          {d(NAMES[each])}
          {mark[each] ? (
            <span class={`mark ${refused > 0 ? 'bad' : ''}`} aria-hidden="true">
              {mark[each]}
            </span>
          ) : null}
        </button>
      ))}
    </nav>
  )
}

function Place({ sampler, place, onPlace }: { sampler: Sampler; place: Place; onPlace: (place: Place) => void }) {
  if (place === 'tubes') return <TubesScreen sampler={sampler} onTable={() => onPlace('table')} />
  if (place === 'boxes') return <BoxesScreen sampler={sampler} />
  if (place === 'queue') return <QueueScreen sampler={sampler} />
  if (place === 'uploads') return <UploadsScreen sampler={sampler} />
  return <TableScreen sampler={sampler} />
}

function Desk({ sampler }: { sampler: Sampler }) {
  const session = useValue(sampler.settings.session)
  const { point } = useValue(sampler.settings.setup)
  const [place, setPlace] = useState<Place>('table')
  const [ready, setReady] = useState(point !== null)
  const [loggingIn, setLoggingIn] = useState(false)
  useEffect(() => void watchRoom(), [session])
  const known = () => {
    sampler.loggedOut.value = false
  }
  // Who has worked here goes on without a session: what is recorded waits.
  if (loggingIn || (session === null && point === null)) {
    return (
      <main class="body">
        <Login
          client={sampler.client}
          role="sampler"
          only={['sampler']}
          intro={d('loginIntro')}
          onSession={async (next) => {
            await sampler.settings.setSession(next)
            known()
            setLoggingIn(false)
            void sampler.send(true)
          }}
          onRefused={known}
        />
      </main>
    )
  }
  if (!ready || point === null) {
    return (
      <main class="body">
        <SetupScreen sampler={sampler} onDone={() => setReady(true)} onLogin={() => setLoggingIn(true)} />
      </main>
    )
  }
  return (
    <>
      <main class="body" data-test={`place-${place}`}>
        <StatusBar sampler={sampler} onSetup={() => setReady(false)} />
        <Banners sampler={sampler} onLogin={() => setLoggingIn(true)} onSetup={() => setReady(false)} />
        <Place sampler={sampler} place={place} onPlace={setPlace} />
      </main>
      <Nav sampler={sampler} place={place} onPlace={setPlace} />
    </>
  )
}

/** `#display/<area>/<point>` */
function displayed(hash: string): { area: number; pointId: number } | null {
  const [, area, pointId] = /^#display\/(\d+)\/(\d+)$/.exec(hash) ?? []
  return area && pointId ? { area: Number(area), pointId: Number(pointId) } : null
}

function useHash(): string {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const follow = () => setHash(location.hash)
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return hash
}

export function App({ sampler }: { sampler: Sampler }) {
  // Every text follows the language.
  useValue(lang)
  const { point } = useValue(sampler.settings.setup)
  const hash = useHash()
  document.title = d('title')
  const kept = hash === '#display' && point ? { area: point.area, pointId: point.id } : null
  const shown = displayed(hash) ?? kept
  if (shown) return <Display {...shown} />
  return (
    <div class="page">
      <header class="top">
        <h1>{d('title')}</h1>
        <Comfort />
      </header>
      <Desk sampler={sampler} />
    </div>
  )
}
