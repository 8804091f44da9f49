/// The run itself: a test that fails and leaves a browser open ends, soon, with a failure, and takes the browser along.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const WITHIN_MS = 60_000
const here = (path) => fileURLToPath(new URL(path, import.meta.url))

test('a failing test that leaves everything open does not keep the run from ending', async () => {
  const { scripts } = JSON.parse(await readFile(here('../../package.json'), 'utf8'))
  const flags = scripts.e2e.split(' ').filter((word) => word.startsWith('--'))
  const { NODE_TEST_CONTEXT: _ours, ...env } = process.env
  const run = spawn(process.execPath, [...flags, here('../harness/left_open.fixture.mjs')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const late = setTimeout(() => run.kill('SIGKILL'), WITHIN_MS)
  let said = ''
  run.stdout.on('data', (text) => (said += text))
  const code = await new Promise((done) => run.once('close', done))
  clearTimeout(late)
  assert.equal(code, 1, said)
  assert.match(said, /not ok 1 - fails with a page/)
  assert.match(said, /as a failed assertion/)
  const [, url] = said.match(/left open (\S+)/) ?? []
  assert.ok(url, said)
  await assert.rejects(fetch(url), 'the server has ended')
})
