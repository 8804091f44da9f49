/// Build of every page: one entry per role, hashed assets, precompressed, no inline script or style.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { precompress } from './scripts/precompress.ts'
import { serviceWorker } from './scripts/service_worker.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Page name -> HTML file. `WEB_PAGES=citizen,console` builds only these, for a quick look. */
const only = process.env.WEB_PAGES?.split(',')
const pages = Object.fromEntries(
  Object.entries({ citizen: 'index.html', verifier: 'verifier.html', sampler: 'sampler.html', console: 'console.html' }).filter(
    ([name]) => !only || only.includes(name),
  ),
)

/**
 * Shared code by when it is needed: `base` by every page's first response, `resident` by the citizen's, the
 * others by what is opened later. Earlier groups take their modules first.
 */
const groups = [
  ['base', /node_modules\/(preact|@preact)\/|src\/i18n\/|src\/offline\/(database|register)|src\/ui\/(value|button|icon|notice|comfort|clock)\./],
  ['resident', /src\/citizen\/(app|welcome|code_screen|state|memory|route|lazy|code_card|text\/code)\./],
  ['api', /src\/api\//],
  ['talk', /src\/citizen\/(server_talk|refresh|screens|device_key|kept_answer|schedule\/known)\./],
  ['show', /node_modules\/uqr\/|src\/ui\/(qr|list|badge|icon_paths)\./],
  ['proof', /src\/credential\/(base45|bytes|cbor|cbor_encode)\./],
  ['code', /src\/citizen\/(below_code|freshness|health_facts|badge|live_qr|presentation|relation\.|schedule\/(round|words)|text\/(facts|round|relation))/],
  ['line', /src\/citizen\/(waiting\/(turn|follow|line|room|watch|place|reminder|words)|text\/waiting)\./],
  ['form', /src\/ui\/(field|select|checkbox|dialog|tabs|resident_id|form|communities|barcode)\./],
  ['identity', /src\/citizen\/(submission|failure|document_fields|phone_fields|text\/forms)\./],
].map(([name, test], i) => ({ name: name as string, test: test as RegExp, priority: 20 - i }))

export default defineConfig({
  root: here('.'),
  build: {
    outDir: process.env.WEB_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2020',
    // The content security policy forbids inline code, and data: URLs defeat the immutable cache.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'asset-manifest.json',
    rollupOptions: {
      input: {
        ...Object.fromEntries(Object.entries(pages).map(([name, file]) => [name, here(file)])),
        sw: here('src/offline/sw/sw.ts'),
      },
      output: {
        // The service worker needs a stable address at the root; everything else is addressed by content.
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        // Few files instead of one per shared module: each costs a request and compresses alone.
        codeSplitting: { groups },
      },
    },
  },
  plugins: [serviceWorker(pages), precompress()],
  server: {
    // The notice, the rules and the divisions that the console offers are those of the whole project.
    fs: { allow: [here('..')] },
    proxy: Object.fromEntries(
      ['/v1', '/.well-known', '/healthz'].map((path) => [
        path,
        process.env.YIMATONG_URL ?? 'http://127.0.0.1:8080',
      ]),
    ),
  },
  test: { include: ['tests/**/*.test.{ts,tsx}'], exclude: ['tests/e2e/**', 'node_modules/**'] },
})
