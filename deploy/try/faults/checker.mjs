// Judges a history of writes against what is stored: what was acknowledged is there exactly once as acknowledged, what was given up at most once, and
// nothing is there that nobody has sent. Pure: it reads nothing by itself.

const OUTCOMES = ['allow', 'refuse', 'check-by-hand']
const TUBES = ['single', 'pooled']
const NEGATIVE = 0
const NAAT = 0

const groupBy = (list, keyOf) => {
  const groups = new Map()
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
const ms = (time) => new Date(time).getTime()
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b)

/** Rows of batches, each with what became of it: `acknowledged`, `unknown` or `refused`. */
function rowsOf(entries, kind, asStored) {
  return entries.filter((entry) => entry.kind === kind).flatMap((entry) => {
    const told = new Map((entry.told?.items ?? []).map((item) => [item.id, item.status]))
    return entry.content.rows.map((row) => {
      const taken = ['recorded', 'duplicate'].includes(told.get(row.id))
      // A row that is refused after tries without an answer would be a lost one, had an earlier try been done: it would say `duplicate`.
      const outcome = entry.outcome === 'acknowledged' ? (taken ? 'acknowledged' : 'refused') : 'unknown'
      return { id: row.id, outcome, expected: asStored(row, entry.content) }
    })
  })
}

/** Rows with ids of their own against one table. */
function judgeRows(what, rows, stored) {
  const wrong = []
  const byId = groupBy(stored, (row) => row.id)
  const sent = new Set(rows.map((row) => row.id))
  for (const { id, outcome, expected } of rows) {
    const found = byId.get(id) ?? []
    if (found.length > 1) wrong.push({ what, id, is: 'doubled', times: found.length })
    if (outcome === 'acknowledged' && found.length === 0) wrong.push({ what, id, is: 'lost' })
    if (outcome === 'refused' && found.length > 0) wrong.push({ what, id, is: 'there, though refused' })
    for (const { id: _, ...content } of found) if (!same(content, expected)) wrong.push({ what, id, is: 'changed', expected, found: content })
  }
  for (const { id } of stored) if (!sent.has(id)) wrong.push({ what, id, is: 'from nowhere' })
  return wrong
}

const checkInAsStored = (row, { venueId }) => ({ venueId, personId: row.personId, atMs: ms(row.at), outcome: OUTCOMES.indexOf(row.outcome) })
const resultAsStored = (row) => ({
  ...{ personId: row.personId, sampledMs: ms(row.sampled), receivedMs: ms(row.received), reportedMs: ms(row.reported) },
  ...{ outcome: NEGATIVE, tube: TUBES.indexOf(row.tube), method: NAAT },
})

/** Residents: `looked` is what a look-up by document answers, `deviceSlots` how many slots of devices each person has. */
function judgePeople(entries, { looked, deviceSlots }) {
  const wrong = []
  const what = 'register'
  for (const { outcome, content, told } of entries.filter((entry) => entry.kind === what)) {
    const id = content.document
    const found = looked.get(id)
    if (found === undefined) continue // not looked up this time
    if (outcome === 'acknowledged') {
      const { personId, name, documentTail } = told.code
      if (!found) wrong.push({ what, id, is: 'lost' })
      else if (!same([found.personId, found.name, found.documentTail], [personId, name, documentTail])) wrong.push({ what, id, is: 'changed', expected: personId, found })
    }
    const slots = found ? (deviceSlots.get(found.personId) ?? 0) : 0
    if (slots > 1) wrong.push({ what, id, is: 'doubled', times: slots })
    if (found && slots === 0) wrong.push({ what, id, is: 'lost', detail: 'the slot of the device' })
  }
  return wrong
}

/** Paper codes: each acknowledged sheet is there, and a person has no more of them than were asked for. */
function judgePaper(entries, papers) {
  const wrong = []
  const what = 'paper'
  const bySlot = groupBy(papers, (paper) => paper.slot)
  const byPerson = groupBy(papers, (paper) => paper.personId)
  const sent = groupBy(entries.filter((entry) => entry.kind === what), (entry) => entry.content.personId)
  for (const [personId, asked] of sent) {
    const acknowledged = asked.filter((entry) => entry.outcome === 'acknowledged')
    const given = acknowledged.map((entry) => entry.told.paperId)
    for (const slot of given) {
      const [found] = bySlot.get(slot) ?? []
      if (!found) wrong.push({ what, id: slot, is: 'lost' })
      else if (found.personId !== personId) wrong.push({ what, id: slot, is: 'changed', expected: personId, found: found.personId })
    }
    if (new Set(given).size < given.length) wrong.push({ what, id: personId, is: 'doubled', detail: 'one number for two sheets' })
    const most = asked.filter((entry) => entry.outcome !== 'refused').length
    const there = byPerson.get(personId)?.length ?? 0
    if (there > most) wrong.push({ what, id: personId, is: 'doubled', times: there, most })
  }
  return wrong
}

/** Histories of results as the residents themselves read them. */
function judgeHistories(entries, histories) {
  const rows = rowsOf(entries, 'results', (row) => row)
  const asRead = (row) => JSON.stringify([row.sampled, row.received, row.reported].map(ms).concat(row.tube))
  const wrong = []
  for (const [personId, items] of histories) {
    const read = groupBy(items, asRead)
    const own = rows.filter((row) => row.expected.personId === personId)
    const most = groupBy(own.filter((row) => row.outcome !== 'refused'), (row) => asRead(row.expected))
    for (const { id, outcome, expected } of own) {
      if (outcome === 'acknowledged' && !read.has(asRead(expected))) wrong.push({ what: 'result history', id, is: 'lost' })
    }
    for (const [text, same] of read) {
      if (same.length > (most.get(text)?.length ?? 0)) wrong.push({ what: 'result history', id: `${personId} ${text}`, is: most.has(text) ? 'doubled' : 'from nowhere' })
    }
  }
  return wrong
}

/**
 * What is wrong, as a list of {what, id, is}. `stored` has `checkIns`, `personCheckIns` and `results` (rows by id), `papers` and `slots` (a slot
 * number each), `phones` (people by claim), `looked`, `deviceSlots` and `histories` (results as read by person).
 */
export function check(entries, stored) {
  const twice = [...groupBy(stored.slots, (slot) => slot)].filter(([, same]) => same.length > 1)
  const checkIns = rowsOf(entries, 'checkIns', checkInAsStored)
  return [
    ...judgePeople(entries, stored),
    ...judgeRows('check-in by venue', checkIns, stored.checkIns),
    ...judgeRows('check-in by person', checkIns, stored.personCheckIns),
    ...judgeRows('result', rowsOf(entries, 'results', resultAsStored), stored.results),
    ...judgeHistories(entries, stored.histories),
    ...judgePaper(entries, stored.papers),
    ...twice.map(([slot, same]) => ({ what: 'slot', id: slot, is: 'doubled', times: same.length })),
  ]
}

/** How many writes and rows were acknowledged, refused, and given up. */
export function count(entries) {
  const rows = [...rowsOf(entries, 'checkIns', checkInAsStored), ...rowsOf(entries, 'results', resultAsStored)]
  const of = (list, outcome) => list.filter((item) => item.outcome === outcome).length
  return {
    ...{ acknowledged: of(entries, 'acknowledged'), unknown: of(entries, 'unknown'), refused: of(entries, 'refused') },
    ...{ rows: of(rows, 'acknowledged'), refusedRows: of(rows, 'refused'), repeated: entries.filter((entry) => entry.sentAt.length > 1).length },
  }
}
