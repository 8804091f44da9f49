/// Screens by address fragment, so that the phone's back gesture works and nothing reaches the server.
import { signal } from '@preact/signals-core'

export type Screen = 'code' | 'register' | 'login' | 'relatives' | 'paper' | 'history' | 'wait'
const SCREENS: readonly string[] = ['code', 'register', 'login', 'relatives', 'paper', 'history', 'wait']

export interface Route {
  screen: Screen
  /** Person of a relative's screen, if any. */
  personId: string | null
}

/** Reads `#relatives/123`; anything unknown is the code. */
export function parseRoute(hash: string): Route {
  const [screen = '', personId = null] = hash.replace(/^#/, '').split('/')
  return { screen: (SCREENS.includes(screen) ? screen : 'code') as Screen, personId }
}

export const route = signal<Route>(parseRoute(location.hash))

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash)
  scrollTo(0, 0)
})

/** Goes to a screen. */
export function go(screen: Screen, personId?: string): void {
  location.hash = personId ? `${screen}/${personId}` : screen
}

/** Leaves a screen that must not be come back to (a form that was sent). */
export function replace(screen: Screen): void {
  history.replaceState(null, '', `#${screen}`)
  route.value = parseRoute(location.hash)
}
