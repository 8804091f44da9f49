// One table of all that scripts/bench.sh measured: node scripts/bench-table.mjs FOLDER
// Exit code 1 when a limit is missed, 2 when a measurement left no figure.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2]
const lines = (file) => readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean)
const objects = (file) => lines(file).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))

const atLeast = (figure, measured, limit) => ({ figure, measured, unit: 'ratio', limit: `>= ${limit}`, pass: measured >= limit })
const plain = (figure, measured, unit) => ({ figure, measured, unit, limit: '', pass: true })

function credential() {
  const line = /^(.*): ([\d.]+) us, bare ring ([\d.]+) us, ratio ([\d.]+) \(wanted ([\d.]+)\)$/
  return lines('credential.txt').flatMap((text) => {
    const [, what, ours, , ratio, wanted] = line.exec(text) ?? []
    return what ? [atLeast(`${what} / bare ring`, Number(ratio), Number(wanted)), plain(what, Number(ours), 'us')] : []
  })
}

const store = () =>
  objects('store.jsonl').flatMap(({ ratio, store_per_s }) => [
    atLeast('check-ins through the store / bare loop', ratio, 0.5),
    plain('check-ins through the store', store_per_s, 'rows/s'),
  ])

const postgres = () =>
  objects('postgres.jsonl').flatMap((line) => {
    const what = line.bench.replace('postgres_', '').replace('_', '-')
    return [
      atLeast(`${what} on PostgreSQL / bare inserts, by the clock`, line.ratio, 0.5),
      atLeast(`${what} on PostgreSQL / bare inserts, by processor time`, line.busy_ratio, 0.5),
      plain(`${what} on PostgreSQL`, line.store_per_s, 'per s'),
      plain(`${what} on PostgreSQL`, line.store_per_busy_s, 'per CPU s'),
      plain(`${what}, bare inserts`, line.insert_per_s, 'per s'),
      plain(`${what}, bare inserts`, line.insert_per_busy_s, 'per CPU s'),
      plain(`${what}, bare COPY`, line.copy_per_s, 'per s'),
      plain(`${what}, the same load over three nodes / one`, line.three_nodes_ratio, 'ratio'),
    ]
  })

const people = () =>
  objects('people.jsonl').flatMap(({ import_per_s, load_per_s, bytes_per_person }) => [
    plain('people imported', import_per_s, 'per s'),
    plain('people loaded from the store', load_per_s, 'per s'),
    plain('database', bytes_per_person, 'B/person'),
  ])

const chromium = () =>
  objects('chromium.json').map(({ p95Ms, limitMs }) => ({
    figure: 'verify a presentation in Chromium, p95',
    measured: Number(p95Ms.toFixed(2)),
    unit: 'ms',
    limit: `< ${limitMs}`,
    pass: p95Ms < limitMs,
  }))

const parts = { credential, store, people, postgres, nodes: () => objects('nodes.jsonl'), chromium, server: () => objects('server.jsonl') }
const rows = []
for (const [part, read] of Object.entries(parts)) {
  const figures = read()
  if (figures.length === 0) {
    console.error(`bench: ${part} left no figure`)
    process.exit(2)
  }
  rows.push(...figures)
}

const verdict = ({ limit, pass }) => (limit === '' ? '' : pass ? 'ok' : 'MISSED')
console.log(`\n${'figure'.padEnd(82)} ${'measured'.padStart(10)} ${'unit'.padEnd(9)} ${'limit'.padEnd(8)} verdict`)
for (const row of rows) {
  const { figure, measured, unit, limit } = row
  console.log(`${figure.padEnd(82)} ${String(measured).padStart(10)} ${unit.padEnd(9)} ${limit.padEnd(8)} ${verdict(row)}`)
}
const missed = rows.filter(({ pass }) => !pass).length
console.log(missed === 0 ? '\nall limits are kept' : `\n${missed} limits are missed`)
process.exitCode = missed === 0 ? 0 : 1
