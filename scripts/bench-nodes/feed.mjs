// Many changes at once: every person of a city gets another dose, in one transaction, numbered as the store numbers them
// (crates/store/src/postgres/change.rs): the numbers come last, and all become visible with one commit.

/** Changes everybody; answers the number of the last change, when the commit was answered, and what was used until then. */
export async function changeEverybody(database, url, busy) {
  await database.sql(`BEGIN;
    CREATE TEMPORARY TABLE changed ON COMMIT DROP AS SELECT person_id, row_number() OVER (ORDER BY person_id) AS place FROM person;
    CREATE UNIQUE INDEX ON changed (person_id);
    ANALYZE changed;
    UPDATE person SET doses = coalesce(doses, 0) + 1, last_dose_day = 19000, seq = next - 1 + place FROM changed, sequence
      WHERE person.person_id = changed.person_id AND sequence.name = 'change';
    INSERT INTO change (seq, person_id, at_ms) SELECT next - 1 + place, person_id, extract(epoch FROM clock_timestamp())::bigint * 1000 FROM changed, sequence WHERE name = 'change';
    UPDATE sequence SET next = next + (SELECT count(*) FROM changed) WHERE name = 'change';
    COMMIT`, url)
  const [committedMs, busyS] = [performance.now(), busy()]
  const [{ last }] = await database.sql("SELECT next - 1 AS last FROM sequence WHERE name = 'change'", url)
  return { last, committedMs, busyS }
}
