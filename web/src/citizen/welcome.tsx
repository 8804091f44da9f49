/// The first screen of a device that has no code yet.
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { go } from './route'
import { t } from './text/code'

export function Welcome() {
  const able = Boolean(globalThis.crypto?.subtle)
  return (
    <section class="card stack welcome" data-test="welcome">
      <h2>{t('welcome')}</h2>
      <p>{t('welcomeWhy')}</p>
      {!able && (
        <Notice tone="bad" role="alert">
          {t('insecure')}
        </Notice>
      )}
      <Button look="primary" disabled={!able} onClick={() => go('register')} data-test="open-register">
        {t('register')}
      </Button>
      <Button disabled={!able} onClick={() => go('login')} data-test="open-login">
        {t('login')}
      </Button>
    </section>
  )
}
