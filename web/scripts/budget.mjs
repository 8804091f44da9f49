/// Size budget of the citizen's and the sampler's page (brotli bytes on the wire), read from a finished build. Exit 1
/// over budget.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** One TCP initial window: what arrives in the first round trip. */
const FIRST_RESPONSE = 14_000
/** Until a registered resident sees the whole code screen, in either language. */
const FIRST_LOAD = 40_000
/** What a sampler downloads once, without the decoder, which comes with the camera. */
const SAMPLER = 75_000
/** Screens that are loaded only when somebody opens them. */
const SCREENS = [
  ...['register', 'login', 'relatives', 'paper', 'log_out', 'waiting/waiting', 'waiting/place_notice'],
  ...['results/history', 'results/proof', 'schedule/schedule', 'declarations/declarations'],
]
const LATER = new RegExp(`^(src/citizen/(${SCREENS.join('|')})[.]tsx|_line-.*)$`)

const dir = process.env.WEB_OUT ?? new URL('../dist', import.meta.url).pathname
const manifest = JSON.parse(readFileSync(join(dir, 'asset-manifest.json'), 'utf8'))

/** Loaded only when somebody scans a certificate; not counted. */
const SCANNER = 'src/citizen/declarations/read_picture.ts'

/** Files reachable from a manifest entry. `lazy`: '' = static only, 'first' = what the code screen loads, 'all'. */
function reach(key, lazy, seen = new Set(), files = new Set()) {
  if (seen.has(key) || key === SCANNER || (lazy === 'first' && LATER.test(key))) return files
  seen.add(key)
  const { file, css = [], assets = [], imports = [], dynamicImports = [] } = manifest[key]
  // The icon and the manifest are fetched after the first paint.
  for (const each of [file, ...css, ...(lazy ? assets : [])]) files.add(each)
  for (const next of lazy ? [...imports, ...dynamicImports] : imports) reach(next, lazy, seen, files)
  return files
}

const size = (file) => statSync(join(dir, `${file}.br`)).size

/** Prints the files and their sum; false if over the limit. */
function check(title, page, lazy, limit) {
  const files = new Set([page, ...reach(page, lazy)])
  const sizes = [...files].map((file) => [size(file), file]).sort(([a], [b]) => b - a)
  const sum = sizes.reduce((total, [bytes]) => total + bytes, 0)
  console.log(`${title}: ${sum} bytes${limit ? ` of ${limit}` : ''}`)
  for (const [bytes, file] of sizes) console.log(`  ${String(bytes).padStart(6)}  ${file}`)
  return sum <= limit
}

const first = check('first response', 'index.html', '', FIRST_RESPONSE)
const whole = check('first load', 'index.html', 'first', FIRST_LOAD)
check('with every screen', 'index.html', 'all', 0)
const sampler = check('sampler', 'sampler.html', '', SAMPLER)
if (!first || !whole || !sampler) {
  console.error('over budget')
  process.exit(1)
}
