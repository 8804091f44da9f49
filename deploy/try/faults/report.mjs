// What a run says: a few lines after each fault, and a table at the end.

const MOST_FINDINGS = 10
const percent = (share) => (share === undefined ? '' : `${(share * 100).toFixed(3)} %`)
const seconds = (ms) => (ms === null ? 'never' : ms === undefined ? '' : `${(ms / 1_000).toFixed(1)} s`)
const json = (value) => JSON.stringify(value ?? {})

/** Tells of one fault. */
export function say({ title, failures, wrong = [], displays, newcomers, writes, notes, ...result }) {
  console.log(`\n${failures.length === 0 ? 'passed' : 'FAILED'}  ${title}`)
  if (displays) {
    console.log(`  displays      ${percent(result.shownByServer)} by the server, ${percent(result.shown)} on the phone, of ${displays.displays}; longest ${seconds(displays.longestMs)} ${json(displays.why)}`)
    console.log(`  newcomers     first display by status ${json(newcomers)}`)
    console.log(`  recovery      writes as before after ${seconds(result.recoveryMs)}; longest silence ${seconds(result.longestSilenceMs)}; calm ${result.calmPerS.toFixed(1)}/s ${json(notes)}`)
    console.log(`  registries    agree with the database after ${seconds(result.registriesAgreeMs)}`)
  }
  if (writes) console.log(`  writes        ${json(writes)}`)
  for (const failure of failures) console.log(`  failure       ${failure}`)
  for (const finding of wrong.slice(0, MOST_FINDINGS)) console.log(`  wrong         ${json(finding)}`)
}

/** All of them, one a line. */
export function table(results) {
  const columns = [
    ['fault', 16, ({ name }) => name], ['displays', 11, ({ shownByServer }) => percent(shownByServer)], ['on phone', 11, ({ shown }) => percent(shown)],
    ['as before', 10, ({ recoveryMs }) => seconds(recoveryMs)], ['silence', 8, ({ longestSilenceMs }) => seconds(longestSilenceMs)],
    ['acknowledged', 13, ({ writes }) => writes?.acknowledged ?? ''], ['given up', 9, ({ writes }) => writes?.unknown ?? ''],
    ['wrong', 6, ({ wrong }) => wrong?.length ?? ''], ['', 0, ({ failures }) => (failures.length === 0 ? 'passed' : 'FAILED')],
  ]
  console.log('\n' + columns.map(([title, width]) => title.padEnd(width)).join(''))
  for (const result of results) console.log(columns.map(([, width, of]) => String(of(result)).padEnd(width)).join(''))
}
