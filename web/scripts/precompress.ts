/// Writes `.br` and `.gz` next to every compressible file of a build, so that the server never compresses.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin, ResolvedConfig } from 'vite'

const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.json', '.svg', '.wasm', '.webmanifest', '.txt'])

/** Compresses one file twice at the highest level: it is paid once per build and saved on every visit. */
function compressFile(path: string): void {
  const bytes = readFileSync(path)
  writeFileSync(
    `${path}.br`,
    brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  )
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
}

/** Vite plugin; runs after all other output is on disk. */
export function precompress(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'yimatong-precompress',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    closeBundle() {
      const out = join(config.root, config.build.outDir)
      const dir = config.build.outDir.startsWith('/') ? config.build.outDir : out
      for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        if (entry.isFile() && COMPRESSIBLE.has(extname(entry.name))) {
          compressFile(join(entry.parentPath, entry.name))
        }
      }
    },
  }
}
