/// The verifier page: log in, choose the venue, scan; the verdict covers everything.
import { useState } from 'preact/hooks'
import { lang } from '../i18n/lang'
import { Login } from '../staff_login/login'
import { Comfort } from '../ui/comfort'
import { useValue } from '../ui/value'
import { Banners } from './banners'
import type { Gate } from './gate'
import { Scan } from './scan'
import { t } from './texts'
import { VenueChoice } from './venue_choice'
import { VerdictScreen } from './verdict_screen'

function Page({ gate }: { gate: Gate }) {
  const session = useValue(gate.settings.session)
  const venue = useValue(gate.settings.venue)
  const [anonymous, setAnonymous] = useState(false)
  const [loggingIn, setLoggingIn] = useState(false)
  const [choosing, setChoosing] = useState(false)
  const [withoutVenue, setWithoutVenue] = useState(false)
  if (loggingIn || (!session && !anonymous)) {
    const done = () => setLoggingIn(false)
    const known = () => {
      gate.loggedOut.value = false
    }
    return (
      <Login
        client={gate.client}
        role="verifier"
        intro={t('loginIntro')}
        skip={t('offlineUse')}
        onSkip={() => (setAnonymous(true), done())}
        onSession={async (session) => (await gate.settings.setSession(session), known(), done())}
        onRefused={known}
      />
    )
  }
  if (choosing || (session && !venue && !withoutVenue)) {
    return <VenueChoice gate={gate} onDone={() => (setChoosing(false), setWithoutVenue(true))} />
  }
  return <Scan gate={gate} onVenue={() => setChoosing(true)} onLogin={() => setLoggingIn(true)} />
}

export function App({ gate }: { gate: Gate }) {
  // Every text follows the language.
  useValue(lang)
  const shown = useValue(gate.shown)
  return (
    <>
      <div class="page" inert={shown !== null}>
        <header class="top">
          <h1>{t('title')}</h1>
          <Comfort />
        </header>
        <main class="body">
          <Banners gate={gate} />
          <Page gate={gate} />
        </main>
      </div>
      {shown && <VerdictScreen gate={gate} shown={shown} />}
    </>
  )
}
