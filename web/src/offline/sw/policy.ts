/// Decisions of the service worker without its globals, so that they can be tested.

/** Address of a page and every file it needs without a network. */
export interface Shell {
  page: string
  files: string[]
}
/** Page name to shell; written into the worker by the build. */
export type Shells = Record<string, Shell>

const PREFIX = 'yimatong'

/** Cache of one page in one version; pages of one origin must not delete each other's. */
export function cacheName(page: string, version: string): string {
  return `${PREFIX}-${page}-${version}`
}

/**
 * Names of this page's caches that nothing needs any more; `names` from the oldest to the newest. The one before
 * the current stays: a page that was opened with it is still on screen, and may yet load one of its parts.
 */
export function staleCaches(names: readonly string[], page: string, current: string): string[] {
  return names.filter((name) => name.startsWith(`${PREFIX}-${page}-`) && name !== current).slice(0, -1)
}

/**
 * Whether a page's HTML is of the same build as `files`: every script and style it names is among them. While a new
 * version is being rolled out the two may come from different servers; kept together they would never open again.
 */
export function isOneBuild(html: string, files: readonly string[]): boolean {
  const named = [...html.matchAll(/"(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file ?? '')
  return named.length > 0 && named.every((file) => files.includes(file))
}

/** Files that never change under their address: hashed ones, and icons with a version in their name. */
export function isAsset(pathname: string): boolean {
  return pathname.startsWith('/assets/')
}

/** Shell of a page; an unknown page keeps nothing. */
export function shellOf(shells: Shells, page: string): Shell {
  return shells[page] ?? { page: '/', files: [] }
}
