/// Puts the list of files each page needs offline, and a version made from it, into the built service worker.
import { createHash } from 'node:crypto'
import type { Plugin, Rollup } from 'vite'

/** What the worker caches for one page: where navigations go and every file the page may load. */
export interface Shell {
  page: string
  files: string[]
}

type Bundle = Rollup.OutputBundle

/** What is of no use without a network: the scanner of declarations, a megabyte for every resident. */
const ONLINE_ONLY = /src\/citizen\/declarations\/read_picture\./

/** All files reachable from a chunk: static and lazy imports, their styles and assets. */
function reachable(bundle: Bundle, start: string, seen: Set<string>): Set<string> {
  const chunk = bundle[start]
  if (seen.has(start) || (chunk?.type === 'chunk' && ONLINE_ONLY.test(chunk.facadeModuleId ?? ''))) return seen
  seen.add(start)
  if (chunk?.type !== 'chunk') return seen
  for (const file of chunk.viteMetadata?.importedCss ?? []) seen.add(file)
  for (const file of chunk.viteMetadata?.importedAssets ?? []) seen.add(file)
  for (const next of [...chunk.imports, ...chunk.dynamicImports]) reachable(bundle, next, seen)
  return seen
}

function shells(bundle: Bundle, pages: Record<string, string>): Record<string, Shell> {
  const out: Record<string, Shell> = {}
  for (const [name, html] of Object.entries(pages)) {
    const entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry && file.name === name)
    if (!entry) throw new Error(`no entry chunk for page ${name}`)
    const page = html === 'index.html' ? '/' : `/${html.replace('.html', '')}`
    const files = [...reachable(bundle, entry.fileName, new Set())].sort().map((file) => `/${file}`)
    out[name] = { page, files: [page, ...files] }
  }
  return out
}

/** Vite plugin: replaces the `__SHELLS__` and `__VERSION__` placeholders of `src/offline/sw/sw.ts`. */
export function serviceWorker(pages: Record<string, string>): Plugin {
  return {
    name: 'yimatong-service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const sw = bundle['sw.js']
      if (sw?.type !== 'chunk') throw new Error('the build made no sw.js')
      const list = shells(bundle, pages)
      // The HTML is not content-addressed, so its text is part of the version.
      const version = createHash('sha256').update(JSON.stringify(list)).update(sw.code)
      for (const html of Object.values(pages)) {
        const file = bundle[html]
        if (file?.type === 'asset') version.update(file.source)
      }
      sw.code = sw.code
        .replace('__SHELLS__', JSON.stringify(list))
        .replace('__VERSION__', JSON.stringify(version.digest('hex').slice(0, 12)))
    },
  }
}
