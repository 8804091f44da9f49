/// What the city wants everybody to know, above every screen. Information can be put away for the day; a warning stays.
import { useState } from 'preact/hooks'
import { keepText, keptText } from '../api/kept'
import type { CityNotice } from '../api/types'
import { pick } from '../i18n/lang'
import { cityDate, dayTime } from '../i18n/time'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { useValue } from '../ui/value'
import './city_notice.css'
import { cityNow, server } from './state'
import { n } from './text/notice'

const KEPT = 'yimatong-notice-read'

/** One notice on one day. */
function reading({ at }: CityNotice): string {
  return `${cityDate(cityNow())} ${at}`
}

export function CityNotices() {
  const notice = useValue(server)?.notice
  const [, redraw] = useState({})
  if (!notice) return null
  const warning = notice.level === 'warning'
  if (!warning && keptText(KEPT) === reading(notice)) return null
  const putAway = () => {
    keepText(KEPT, reading(notice))
    redraw({})
  }
  return (
    <div class="city-notice" data-test="city-notice">
      <Notice tone={warning ? 'warn' : 'info'} role={warning ? 'alert' : 'status'}>
        <p>{pick(notice.zh, notice.en)}</p>
        <small class="quiet">{dayTime(Date.parse(notice.at))}</small>
        {!warning && (
          <Button look="link" onClick={putAway} data-test="put-away">
            {n('putAway')}
          </Button>
        )}
      </Notice>
    </div>
  )
}
