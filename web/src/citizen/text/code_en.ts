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
  expired: 'This code expired at {time} and cannot be used.',
  expiredOffline:
    'The server cannot be reached. Open the page again where there is a network, or show your ID document and let staff look you up.',
  expiredOnline: 'Asking the server for a new one…',
  insecure: 'This connection is not secure, so no code can be shown. Please open the page with https.',
  cancel: 'Cancel',
  back: 'Back',
  loadFailed: 'The page did not load completely. Check the network and try again.',
  retry: 'Try again',
}
