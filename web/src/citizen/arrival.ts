/// Tells who does not see the screen that it has changed: the page's title, and the focus where the change has lost it.
import { route } from './route'
import { holding } from './state'
import { t } from './text/code'

/** A screen, as far as its heading is there yet. */
export interface Place<H = HTMLElement> {
  readonly hash: string
  readonly heading: H | null
}

/** `核酸安排 · 一码通`; the code is the product itself. */
export function titleOf(screen: string): string {
  return screen ? `${screen} · ${t('product')}` : t('product')
}

/** Whether the heading of another screen, or of another step of it, has come. */
export function hasArrived<H>(before: Place<H>, now: Place<H>): boolean {
  return now.heading !== null && (now.hash !== before.hash || now.heading !== before.heading)
}

function isCode(): boolean {
  return Boolean(holding.value) && route.value.screen === 'code'
}

function placeNow(): Place {
  const shown = [...document.querySelectorAll<HTMLElement>('main h2')].find((heading) => !heading.closest('[hidden]'))
  return { hash: location.hash, heading: (isCode() ? document.querySelector('h1') : shown) ?? null }
}

/** Keeps title and focus with the screen from now on; what is shown now is no news. */
export function announceScreens(): void {
  let last = placeNow()
  const look = () => {
    const now = placeNow()
    if (!now.heading) return
    // The waiting page does both itself.
    if (now.heading.closest('.waiting')) {
      last = now
      return
    }
    document.title = titleOf(isCode() ? '' : (now.heading.firstChild?.textContent ?? ''))
    const focused = document.activeElement ?? document.body
    // What the header keeps, such as the way back, is let go with the screen; a step only takes what was lost.
    const isFree = now.hash === last.hash ? focused === document.body : !focused.closest('main')
    if (hasArrived(last, now) && isFree) {
      now.heading.tabIndex = -1
      now.heading.style.outline = 'none'
      // A new screen begins at its top.
      now.heading.focus({ preventScroll: true })
    }
    last = now
  }
  look()
  // Headings come late, with the chunk or the data of a screen, and change with the language.
  new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true })
}
