// Reads back what is stored: through the API where it has a list or a look-up, and from the tables where it has none.
import { Client } from './client.mjs'

const AT_A_TIME = 12
/** Residents whose history of results is read. */
const MOST_HISTORIES = 100

async function eachOf(list, work) {
  const left = [...list]
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    while (left.length > 0) await work(left.pop())
  }))
}

/** Which documents are registered, by the look-up of a gate: the answer, or null. */
async function lookUp(documents, client, token) {
  const looked = new Map()
  await eachOf(documents, async (number) => {
    const json = { document: { kind: 'resident-id', number }, purpose: 'faults' }
    const answer = await client().read('POST', '/v1/checks', json, token)
    if (answer?.status !== 200 && answer?.status !== 404) throw new Error(`the look-up of a document answers ${answer?.status}`)
    looked.set(number, answer.status === 200 ? answer.body : null)
  })
  return looked
}

/** A resident's results, page by page. */
async function historyOf(client, token) {
  const items = []
  for (let cursor = ''; cursor !== undefined; ) {
    const answer = await client.read('GET', `/v1/results?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, undefined, token)
    if (answer?.status !== 200) throw new Error(`a history of results answers ${answer?.status}`)
    items.push(...answer.body.items)
    cursor = answer.body.nextCursor
  }
  return items
}

const UUID = (column) => `regexp_replace(encode(${column}, 'hex'), '(.{8})(.{4})(.{4})(.{4})(.{12})', '\\1-\\2-\\3-\\4-\\5')`

/** Notes which results the demo city has by itself. */
export function noteBefore(database) {
  return database.sql('CREATE TABLE faults_before AS SELECT result_id FROM test_result')
}

async function tables(database, venueId) {
  const checkIns = (table) =>
    database.sql(`SELECT ${UUID('check_in_id')} AS id, venue_id AS "venueId", person_id::text AS "personId", at_ms AS "atMs", outcome FROM ${table} WHERE venue_id = ${venueId}`)
  const results = database.sql(`SELECT ${UUID('result_id')} AS id, person_id::text AS "personId", sampled_ms AS "sampledMs", received_ms AS "receivedMs", reported_ms AS "reportedMs", outcome, tube, method
    FROM test_result WHERE result_id NOT IN (SELECT result_id FROM faults_before)`)
  const slots = await database.sql('SELECT slot, kind, person_id::text AS "personId" FROM slot')
  const devices = new Map()
  for (const { kind, personId } of slots) if (kind === 0) devices.set(personId, (devices.get(personId) ?? 0) + 1)
  return {
    checkIns: await checkIns('venue_check_in'), personCheckIns: await checkIns('person_check_in'), results: await results,
    slots: slots.map(({ slot }) => slot), papers: slots.filter(({ kind }) => kind === 2), deviceSlots: devices,
  }
}

/** Everything the checker needs. Documents are looked up of the entries from number `since` on. */
export async function readStored({ database, url }, history, { staff, venueId, people }, since) {
  const clients = Array.from({ length: AT_A_TIME }, () => new Client(url, history))
  let turn = 0
  const client = () => clients[turn++ % AT_A_TIME]
  const documents = history.entries.slice(since).filter(({ kind }) => kind === 'register').map(({ content }) => content.document)
  const looked = await lookUp(documents, client, staff.verifier)
  const histories = new Map()
  await eachOf(people.slice(0, MOST_HISTORIES), async ({ personId, token }) => histories.set(personId, await historyOf(client(), token)))
  return { ...(await tables(database, venueId)), looked, histories }
}
