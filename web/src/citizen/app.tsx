/// The citizen's page: header with the two comforts, and one screen by address.
import { lang, pick } from '../i18n/lang'
import { Comfort } from '../ui/comfort'
import { Icon } from '../ui/icon'
import { useValue } from '../ui/value'
import { CodeScreen } from './code_screen'
import { lazy } from './lazy'
import { go, parentOf, route, type Route, type Screen } from './route'
import { holding, notices, queue, server } from './state'
import { t } from './text/code'
import { Welcome } from './welcome'

const ScreenOf = lazy<{ screen: Exclude<Screen, 'code'> }>(() => import('./screens'))

/** Screens that make sense without a code on this device. */
const OPEN: readonly Screen[] = ['register', 'login']

function Body({ screen }: { screen: Screen }) {
  const held = useValue(holding)
  const place = useValue(queue)
  if (screen === 'code' || (!held && !OPEN.includes(screen))) {
    return held ? <CodeScreen held={held} /> : place ? <ScreenOf screen="wait" /> : <Welcome />
  }
  // A form that waits for its turn keeps what was typed.
  const waits = place === 'pending'
  return (
    <>
      {waits && <ScreenOf screen="wait" />}
      <div class="stack" hidden={waits}>
        <ScreenOf screen={screen} />
      </div>
    </>
  )
}

function Header({ at }: { at: Route }) {
  const city = useValue(server)?.city
  return (
    <header class="top">
      {at.screen !== 'code' && (
        <button type="button" class="back" onClick={() => go(parentOf(at))} aria-label={t('back')} data-test="back">
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
  const at = useValue(route)
  const Notices = useValue(notices)
  return (
    <>
      <Header at={at} />
      <main class="page stack">
        {Notices && <Notices />}
        <Body screen={at.screen} />
      </main>
    </>
  )
}
