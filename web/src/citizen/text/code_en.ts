/// English of the first response.
import type { CodeKey } from './code'

export const en: Record<CodeKey, string> = {
  product: 'Health code',
  open: 'Opening…',
  welcome: 'Register on this phone to show your code',
  welcomeWhy:
    'Register once; afterwards the code works without a network. No phone? A relative can help, your community prints paper codes, and your ID document is always enough.',
  register: 'Register',
  login: 'Registered before: log in here',
  green: 'Green',
  yellow: 'Yellow',
  red: 'Red',
  greenMeans: 'You may pass',
  yellowMeans: 'Wait: see why',
  redMeans: 'Stop: see why',
  tail: 'ID ending {tail}',
  redraws: 'New every 15 s: no screenshots',
  updated: 'Updated {age}',
  validUntil: 'Valid until {time}',
  refresh: 'Refresh',
  refreshed: 'Up to date',
  offline: 'You are offline. The code still works (until {time}).',
  delayed: 'The system is busy: results are delayed, the code still works (until {time}).',
  ended:
    'This phone is no longer logged in (perhaps you logged in on another one). Please log in again; after a log in elsewhere, gates refuse this phone’s code.',
  expired: 'This code expired at {time} and cannot be used.',
  expiredOffline:
    'The server cannot be reached. Open the page again where there is a network, or show your ID document and let staff look you up.',
  expiredOnline: 'Asking the server for a new one…',
  noKey: 'The key of this phone is lost. Please log in again.',
  notDurable:
    'This browser cannot keep your code; you will have to log in again after closing it. Please use the phone’s own browser.',
  insecure: 'This connection is not secure, so no code can be shown. Please open the page with https.',
  cancel: 'Cancel',
  back: 'Back',
  loadFailed: 'The page did not load completely. Check the network and try again.',
  retry: 'Try again',
  qrLabel: 'Health code of {name}: {colour}',
}
