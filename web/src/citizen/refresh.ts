/// When the page asks the server again: on opening, within a minute while visible, and on request.
import { debounced, REFRESH_DEBOUNCE_MS } from '../api/debounce'
import { keepText, keptText } from '../api/kept'
import { ticket } from '../api/ticket'
import { announceScreens } from './arrival'
import { pauseMs } from './rhythm'
import { replace, route } from './route'
import { learnSchedule, outdate } from './schedule/known'
import { isNews } from './schedule/news'
import { learnServer, refreshCode } from './server_talk'
import { contact, holding, notices, server } from './state'

/** Coming back to the page sooner than this shows what is there. */
const FRESH_ENOUGH_MS = 30_000

/** When this device last asked, by its clock: closing and opening the page again is impatience too. */
const ASKED = 'yimatong-asked'

function ask(): Promise<void> {
  keepText(ASKED, String(Date.now()))
  return refreshCode()
}

/** Refresh of the code: impatience is answered locally. */
export const refreshNow = debounced(ask, () => Date.now())

/** Refresh for the button: the code, and with it the notice and what is switched off. */
export const refreshAll = debounced(
  () => Promise.all([refreshNow(), learnServer(REFRESH_DEBOUNCE_MS)]),
  () => Date.now(),
)

/** The first refresh of a page: at once, unless the page was open a moment ago. */
async function firstRefresh(): Promise<void> {
  const sinceMs = Date.now() - Number(keptText(ASKED) ?? 0)
  const early = sinceMs >= 0 && sinceMs < REFRESH_DEBOUNCE_MS
  if (early) await new Promise((done) => setTimeout(done, REFRESH_DEBOUNCE_MS - sinceMs))
  await refreshNow()
}

/** After the code, and only where that was answered: in a surge nothing is asked that can wait. */
async function learnLater(): Promise<void> {
  await firstRefresh()
  // Without a code opening the page is the only refresh there is.
  if (!holding.value) await learnServer(REFRESH_DEBOUNCE_MS)
  else if (contact.value !== 'delayed' || holding.value.asOfMs) await learnServer()
}

/** Whoever only shows the code and goes on asks for nothing more. Spread by half, so that a city does not ask in step. */
const SCHEDULE_AFTER_MS = 2_000

function learnScheduleSoon(): void {
  setTimeout(
    () => {
      if (document.visibilityState === 'visible') void learnSchedule()
    },
    SCHEDULE_AFTER_MS * (0.75 + Math.random() / 2),
  )
}

/** A new test or colour is news for the round's line too: asked once more, before its pause is over. */
function followCode(): void {
  let before = holding.value?.code
  holding.subscribe((held) => {
    const changed = before && held && isNews(before, held.code)
    before = held?.code
    if (!changed) return
    outdate()
    learnScheduleSoon()
  })
}

/** Puts the city's notice on every screen. One that can't be loaded now comes with the next answer. */
async function showNotices(): Promise<void> {
  const { CityNotices } = await import('./city_notice').catch(() => ({ CityNotices: null }))
  notices.value ??= CityNotices
}

function isDue(): boolean {
  const checked = holding.value?.checkedAt ?? 0
  return contact.value !== 'current' || Date.now() - checked > FRESH_ENOUGH_MS
}

/** Starts background refreshes. */
export function keepFresh(): void {
  announceScreens()
  const later = () =>
    setTimeout(
      () => {
        if (document.visibilityState === 'visible') void refreshNow().then(() => learnServer()).then(learnSchedule)
        later()
      },
      pauseMs(Math.random()),
    )
  later()
  const back = () => {
    if (document.visibilityState === 'visible' && isDue()) void refreshNow()
  }
  document.addEventListener('visibilitychange', back)
  addEventListener('online', back)
  void learnLater()
  // After every first answer, also to somebody who has just registered.
  contact.subscribe((state) => {
    if (state === 'current') learnScheduleSoon()
  })
  followCode()
  server.subscribe((known) => {
    if (known?.notice) void showNotices()
  })
  // Opened again while waiting: an empty form would hide the place.
  if (ticket.value && route.value.screen !== 'code') replace('wait')
  // A place that was kept from an earlier visit, or that another tab has just taken.
  ticket.subscribe((held) => {
    if (held) void import('./waiting/turn').then(({ follow }) => follow())
  })
}
