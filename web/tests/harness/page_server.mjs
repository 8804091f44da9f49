/// Serves the built pages under the content policy of the real server, with an API made of plain functions.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endedAfterTest } from './closing.mjs'

const WEB = fileURLToPath(new URL('../..', import.meta.url))
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}
const PAGES = { '/': 'index.html', '/verifier': 'verifier.html', '/sampler': 'sampler.html', '/console': 'console.html' }
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Folder with the built pages: `WEB_DIST`, or a fresh build into a temporary folder. */
export async function builtPages() {
  if (process.env.WEB_DIST) return process.env.WEB_DIST
  const out = await mkdtemp(join(tmpdir(), 'yimatong-pages-'))
  execFileSync(join(WEB, 'node_modules/.bin/vite'), ['build', '--logLevel', 'error'], {
    cwd: WEB,
    env: { ...process.env, WEB_OUT: out },
  })
  return out
}

async function bodyOf(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  if (parts.length === 0) return null
  const bytes = Buffer.concat(parts)
  // A file is sent as it is.
  return request.headers['content-type'] === 'application/json' ? JSON.parse(bytes.toString()) : bytes
}

/** Handler of a request: by its path, or by a path with `{places}`. */
function handlerOf(api, method, path) {
  const fits = (key) => key.includes('{') && new RegExp(`^${key.replace(/\{\w+\}/g, '[^/]+')}$`).test(`${method} ${path}`)
  return api[`${method} ${path}`] ?? api[Object.keys(api).find(fits)]
}

function serveFile(dist, path, response) {
  const file = join(dist, PAGES[path] ?? path.slice(1))
  if (path.includes('..') || !existsSync(file)) return void response.writeHead(404).end()
  response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' })
  response.end(readFileSync(file))
}

async function serveApi(handler, request, response) {
  const url = new URL(request.url, 'http://x')
  const { pathname } = url
  const answer = await handler({ body: await bodyOf(request), headers: request.headers, url, method: request.method, pathname })
  if (!answer) return void response.writeHead(404).end()
  const { status = 200, type = 'application/json', headers = {}, body } = answer
  response.writeHead(status, { 'Content-Type': type, ...headers })
  response.end(Buffer.isBuffer(body) ? body : body === undefined ? undefined : JSON.stringify(body))
}

/**
 * Starts the server. `api` maps `'METHOD /path'` (`/path/{place}` too) to a function of {body, headers, url} that answers
 * {status, body, headers, type}; `any` is asked about every other address under `/v1/`. Answers {url, close}; `close` also
 * cuts open connections. The end of the test closes it, too.
 */
export async function servePages(dist, api, port = 0) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://x')
    response.setHeader('Content-Security-Policy', POLICY)
    const handler = handlerOf(api, request.method, pathname)
    if (handler) return serveApi(handler, request, response)
    if (api.any && pathname.startsWith('/v1/')) return serveApi(api.any, request, response)
    return serveFile(dist, pathname, response)
  })
  await new Promise((listening) => server.listen(port, '127.0.0.1', listening))
  const close = () =>
    new Promise((closed) => {
      server.close(closed)
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${server.address().port}`, close: endedAfterTest(close) }
}
