/// Screens by address fragment, so that the phone's back gesture works and nothing reaches the server.
import { signal } from '@preact/signals-core'

const SCREENS = ['code', 'register', 'login', 'relatives', 'paper', 'history', 'proof', 'schedule', 'declare', 'wait'] as const
export type Screen = (typeof SCREENS)[number]

export interface Route {
  screen: Screen
  /** What of the screen's: a relative's person, a proof's result, a `new` declaration; null is the whole. */
  item: string | null
}

/** Reads `#relatives/123`; anything unknown is the code. */
export function parseRoute(hash: string): Route {
  const [screen = '', item = null] = hash.replace(/^#/, '').split('/')
  return { screen: SCREENS.find((known) => known === screen) ?? 'code', item }
}

export const route = signal<Route>(parseRoute(location.hash))

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash)
  scrollTo(0, 0)
})

/** Goes to a screen. */
export function go(screen: Screen, item?: string): void {
  location.hash = item ? `${screen}/${item}` : screen
}

/** Where the back button of a screen leads. */
export function parentOf({ screen, item }: Route): Screen {
  if (screen === 'proof') return 'history'
  return item ? screen : 'code'
}

/** Leaves a screen that must not be come back to (a form that was sent). */
export function replace(screen: Screen): void {
  history.replaceState(null, '', `#${screen}`)
  route.value = parseRoute(location.hash)
}
