/// Size budget of the citizen's page (brotli bytes on the wire), read from a finished build. Exit 1 over budget.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** One TCP initial window: what arrives in the first round trip. */
const FIRST_RESPONSE = 14_000
/** Everything the page can ever load, every lazy screen and both languages included. */
const WHOLE = 40_000

const dir = process.env.WEB_OUT ?? new URL('../dist', import.meta.url).pathname
const manifest = JSON.parse(readFileSync(join(dir, 'asset-manifest.json'), 'utf8'))

/** Files reachable from a manifest entry; `lazy` follows dynamic imports too. */
function reach(key, lazy, seen = new Set(), files = new Set()) {
  if (seen.has(key)) return files
  seen.add(key)
  const { file, css = [], assets = [], imports = [], dynamicImports = [] } = manifest[key]
  for (const each of [file, ...css, ...assets]) files.add(each)
  for (const next of lazy ? [...imports, ...dynamicImports] : imports) reach(next, lazy, seen, files)
  return files
}

const size = (file) => statSync(join(dir, `${file}.br`)).size

function check(title, files, limit) {
  const sizes = [...files].map((file) => [size(file), file]).sort(([a], [b]) => b - a)
  const sum = sizes.reduce((total, [bytes]) => total + bytes, 0)
  console.log(`${title}: ${sum} of ${limit} bytes`)
  for (const [bytes, file] of sizes) console.log(`  ${String(bytes).padStart(6)}  ${file}`)
  return sum <= limit
}

const page = 'index.html'
const first = check('first response', new Set([page, ...reach(page, false)]), FIRST_RESPONSE)
const whole = check('everything', new Set([page, ...reach(page, true)]), WHOLE)
if (!first || !whole) {
  console.error('over budget')
  process.exit(1)
}
