//! Reading states. A person with their reasons and slots comes by one statement, and lies on one shard: a state is
//! whole also where shards have no common snapshot.

use std::collections::BTreeSet;

use tokio_postgres::Row;
use yimatong_model::ids::PersonId;

use super::sql::Sql;
use super::tx::{Tx, at};
use crate::error::{Noun, Result, StoreError, corrupt};
use crate::keyring::Keyring;
use crate::state::PersonState;
use crate::state_rows::{self, PersonRow, SlotRow, person_id};

/// Rows of three kinds in order: part 0 a person, 1 a reason, 2 a slot. The numbers n1 to n5 are what
/// [`Builder::add`] reads them as. The slots stand as they are: within brackets of their own a cluster would not send the whole
/// to each shard, but read the three tables one after another.
macro_rules! states_where {
    ($keys:literal) => {
        concat!(
            "SELECT part, person_id, n1, n2, n3, n4, n5, profile, latest_results, rounds FROM (
                SELECT 0 AS part, person_id, seq AS n1, community_id AS n2, household_id AS n3, doses AS n4,
                       last_dose_day::bigint AS n5, profile, latest_results, rounds
                FROM person WHERE ",
            $keys,
            " UNION ALL
                SELECT 1, person_id, code, since_ms, until_ms, released_ms, NULL::bigint, NULL::bytea, NULL::bytea,
                       NULL::bytea
                FROM reason WHERE ",
            $keys,
            " UNION ALL
                SELECT 2, s.person_id, s.slot, s.kind, s.holder_id, s.void_ms, h.relation, NULL::bytea, NULL::bytea,
                       NULL::bytea
                FROM slot s LEFT JOIN relative_holder h
                    ON h.person_id = s.person_id AND h.holder_id = s.holder_id
                WHERE s.",
            $keys,
            ") AS parts ORDER BY person_id, part, n1, n2"
        )
    };
}

/// Why that is right.
const READS_EVERYBODY: &str = "a registry that starts reads everybody, page by page";

const ONE: Sql = Sql::key("person_id", states_where!("person_id = $1"));
const SOME: Sql = Sql::keys("person_id", states_where!("person_id = ANY($1)"));
const RANGE: Sql = Sql::everywhere(READS_EVERYBODY, states_where!("person_id BETWEEN $1 AND $2"));
const PAGE_END: Sql = Sql::everywhere(
    READS_EVERYBODY,
    "SELECT max(person_id) FROM
        (SELECT person_id FROM person WHERE person_id > $1 ORDER BY person_id LIMIT $2) AS page",
);
const LOCK: Sql = Sql::key("person_id", "SELECT seq FROM person WHERE person_id = $1 FOR UPDATE");

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[ONE, SOME, RANGE, PAGE_END, LOCK];

/// The state of a person.
pub(super) async fn of(tx: &Tx, person: PersonId) -> Result<PersonState> {
    find(tx, person).await?.ok_or(StoreError::NotFound(Noun::Person))
}

/// The state of a person, if there is one.
pub(super) async fn find(tx: &Tx, person: PersonId) -> Result<Option<PersonState>> {
    let rows = tx.rows(&ONE, &[&person.as_i64()]).await?;
    Ok(Builder::states(&tx.keys, &rows)?.pop())
}

/// The states of people, by person; those that are not there are left out.
pub(super) async fn of_many(tx: &Tx, people: &BTreeSet<PersonId>) -> Result<Vec<PersonState>> {
    match people.len() {
        0 => Ok(Vec::new()),
        1 => Ok(match people.first() {
            Some(person) => find(tx, *person).await?.into_iter().collect(),
            None => Vec::new(),
        }),
        _ => {
            let ids: Vec<i64> = people.iter().map(|person| person.as_i64()).collect();
            let rows = tx.rows(&SOME, &[&ids]).await?;
            Builder::states(&tx.keys, &rows)
        }
    }
}

/// Keeps other transactions from changing anything of a person until this one is over; false when there is nobody.
pub(super) async fn lock(tx: &Tx, person: PersonId) -> Result<bool> {
    Ok(tx.row(&LOCK, &[&person.as_i64()]).await?.is_some())
}

/// The last of so many people after one; none when there is nobody.
pub(super) async fn page_end(tx: &Tx, after: i64, limit: usize) -> Result<Option<i64>> {
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.row(&PAGE_END, &[&after, &rows]).await?.map_or(Ok(None), |row| at(&row, 0))
}

/// The states of the people after one and up to another one, by person.
pub(super) async fn range(tx: &Tx, after: i64, last: i64) -> Result<Vec<PersonState>> {
    let rows = tx.rows(&RANGE, &[&after.saturating_add(1), &last]).await?;
    Builder::states(&tx.keys, &rows)
}

/// Puts rows together.
struct Builder;

impl Builder {
    fn states(keys: &Keyring, rows: &[Row]) -> Result<Vec<PersonState>> {
        let mut states: Vec<PersonState> = Vec::new();
        for row in rows {
            match at::<i32>(row, 0)? {
                0 => states.push(Self::person(keys, row)?),
                part => {
                    let person = person_id(at(row, 1)?)?;
                    // A reason or slot without a person would be of somebody who is just being registered.
                    if let Some(state) = states.last_mut().filter(|state| state.person_id == person) {
                        Self::add(state, part, row)?;
                    }
                }
            }
        }
        Ok(states)
    }

    fn person(keys: &Keyring, row: &Row) -> Result<PersonState> {
        PersonRow {
            person_id: at(row, 1)?,
            seq: at(row, 2)?,
            community: at(row, 3)?,
            household: at(row, 4)?,
            doses: at(row, 5)?,
            last_dose_day: match at::<Option<i64>>(row, 6)? {
                Some(day) => Some(i32::try_from(day).map_err(|_| corrupt("a day"))?),
                None => None,
            },
            profile: at(row, 7)?,
            latest_results: at(row, 8)?,
            rounds: at(row, 9)?,
        }
        .state(keys)
    }

    fn add(state: &mut PersonState, part: i32, row: &Row) -> Result<()> {
        if part == 1 {
            state.reasons.push(state_rows::reason(at(row, 2)?, at(row, 3)?, at(row, 4)?, at(row, 5)?)?);
            return Ok(());
        }
        let slot = SlotRow {
            slot: at(row, 2)?,
            kind: at(row, 3)?,
            holder: at(row, 4)?,
            live: at::<Option<i64>>(row, 5)?.is_none(),
            relation: at(row, 6)?,
        };
        slot.add_to(state)
    }
}
