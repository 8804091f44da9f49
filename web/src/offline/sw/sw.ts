/// Service worker of all pages: each page registers it with its own scope and `?page=` name.
/// It keeps the page's shell, answers hashed assets from the cache first, and falls back to the cached
/// shell when the server does not answer. API answers are never cached here: the pages keep their own.
import { type Shells, cacheName, isAsset, isOneBuild, staleCaches, shellOf } from './policy'

declare const self: ServiceWorkerGlobalScope
declare const __SHELLS__: Shells
declare const __VERSION__: string

const page = new URL(self.location.href).searchParams.get('page') ?? 'citizen'
const shell = shellOf(__SHELLS__, page)
const cache = cacheName(page, __VERSION__)

/** Keeps the shell; fails, and is tried again later, unless all of it is there and of this build. */
async function install(): Promise<void> {
  const store = await caches.open(cache)
  await store.addAll(shell.files)
  const html = await (await store.match(shell.page))?.text()
  if (!html || !isOneBuild(html, shell.files)) {
    await caches.delete(cache)
    throw new Error('the page is of another build')
  }
  await self.skipWaiting()
}

self.addEventListener('install', (event) => event.waitUntil(install()))

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(staleCaches(names, page, cache).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

/** A reminder was pressed: the page that waits comes to the front, or is opened again. */
async function comeBack(): Promise<void> {
  const [open] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  await (open ? open.focus() : self.clients.openWindow(shell.page))
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(comeBack())
})

/** The shell at once when the network is slow or gone: a spinner at a door helps nobody. */
async function shellFirst(): Promise<Response> {
  const kept = await caches.match(shell.page, { cacheName: cache })
  return kept ?? fetch(shell.page)
}

async function assetFirst(request: Request): Promise<Response> {
  const kept = await caches.match(request)
  return kept ?? fetch(request)
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  // The widest scope also sees the navigations of other pages: those are not this shell's.
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate' && url.pathname === shell.page) event.respondWith(shellFirst())
  else if (isAsset(url.pathname)) event.respondWith(assetFirst(request))
})
