/// The citizen's page: header with the two comforts, and one screen by address.
import { lang, pick } from '../i18n/lang'
import { Comfort } from '../ui/comfort'
import { Icon } from '../ui/icon'
import { useValue } from '../ui/value'
import { CodeScreen } from './code_screen'
import { lazy } from './lazy'
import { go, type Route, route, type Screen } from './route'
import { holding, notices, queue, server } from './state'
import { t } from './text/code'
import { Welcome } from './welcome'

const LAZY = {
  register: lazy<object>(() => import('./register')),
  login: lazy<object>(() => import('./login')),
  relatives: lazy<object>(() => import('./relatives')),
  paper: lazy<object>(() => import('./paper')),
  history: lazy<object>(() => import('./history')),
  wait: lazy<object>(() => import('./waiting/waiting')),
}

/** Screens that make sense without a code on this device. */
const OPEN: readonly Screen[] = ['register', 'login']

function Body({ screen }: { screen: Screen }) {
  const held = useValue(holding)
  const place = useValue(queue)
  if (screen === 'code' || (!held && !OPEN.includes(screen))) {
    return held ? <CodeScreen held={held} /> : place ? <LAZY.wait /> : <Welcome />
  }
  const Chosen = LAZY[screen]
  // A form that waits for its turn keeps what was typed.
  const waits = place === 'pending'
  return (
    <>
      {waits && <LAZY.wait />}
      <div class="stack" hidden={waits}>
        <Chosen />
      </div>
    </>
  )
}

function Header({ screen, personId }: Route) {
  const city = useValue(server)?.city
  return (
    <header class="top">
      {screen !== 'code' && (
        <button type="button" class="back" onClick={() => go(personId ? screen : 'code')} aria-label={t('back')} data-test="back">
          <Icon name="back" />
        </button>
      )}
      <h1>
        {city && <small>{pick(city.nameZh, city.nameEn)} </small>}
        {t('product')}
      </h1>
      <Comfort />
    </header>
  )
}

export function App() {
  useValue(lang)
  const { screen, personId } = useValue(route)
  const Notices = useValue(notices)
  document.title = t('product')
  return (
    <>
      <Header screen={screen} personId={personId} />
      <main class="page stack">
        {Notices && <Notices />}
        <Body screen={screen} />
      </main>
    </>
  )
}
