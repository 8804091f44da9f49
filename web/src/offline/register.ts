/// Registers the service worker for one page. Embedded browsers without one still work while online.

/** `page` is the build's page name; `scope` its address. Never throws. */
export async function registerServiceWorker(page: string, scope: string): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  try {
    // `all`: the worker's own file may come from the HTTP cache, so a repeat visit costs no request.
    await navigator.serviceWorker.register(`/sw.js?page=${page}`, { scope, updateViaCache: 'all' })
  } catch {
    // The page stays usable; only opening it without a network is lost.
  }
}
