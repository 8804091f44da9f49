/// Build of every page: one entry per role, hashed assets, precompressed, no inline script or style.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { precompress } from './scripts/precompress.ts'
import { serviceWorker } from './scripts/service-worker.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Page name -> HTML file. A page whose folder is not written yet is left out of the build. */
const pages = Object.fromEntries(
  Object.entries({ citizen: 'index.html', verifier: 'verifier.html', console: 'console.html' }).filter(
    ([name]) => existsSync(here(`src/${name}/main.tsx`)),
  ),
)

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
      },
    },
  },
  plugins: [serviceWorker(pages), precompress()],
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/.well-known', '/healthz'].map((path) => [
        path,
        process.env.YIMATONG_URL ?? 'http://127.0.0.1:8080',
      ]),
    ),
  },
  test: { include: ['tests/**/*.test.{ts,tsx}'], exclude: ['tests/e2e/**', 'node_modules/**'] },
})
