//! Reasons of colours: given and released by results.

use std::collections::BTreeMap;

use jiff::Timestamp;
use yimatong_model::ids::PersonId;
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::TestResult;

use super::sql::{Sql, Values};
use super::tx::{Parameter, Tx, at};
use crate::codec::ms;
use crate::error::Result;
use crate::state_rows;

const ADD: Sql = Sql::key(
    "person_id",
    "INSERT INTO reason (person_id, code, since_ms, until_ms, released_ms) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING",
);
const RELEASE: Sql = Sql::key(
    "person_id",
    "UPDATE reason SET released_ms = $4 WHERE person_id = $1 AND code = $2 AND since_ms = $3",
);
const IN_FORCE: Sql = Sql::key(
    "person_id",
    "SELECT code, since_ms, until_ms, released_ms FROM reason
     WHERE person_id = $1 AND (released_ms IS NULL OR released_ms > $2) ORDER BY code, since_ms",
);
const OF_PERSON: Sql = Sql::key(
    "person_id",
    "SELECT code, since_ms, until_ms, released_ms FROM reason WHERE person_id = $1 ORDER BY code, since_ms",
);
const IN_FORCE_OF_MANY: Sql = Sql::keys(
    "person_id",
    "SELECT code, since_ms, until_ms, released_ms, person_id FROM reason
     WHERE person_id = ANY($1) AND (released_ms IS NULL OR released_ms > $2) ORDER BY person_id, code, since_ms",
);
const ADD_MANY: Values = Values {
    head: "INSERT INTO reason (person_id, code, since_ms, until_ms, released_ms) VALUES",
    types: &["bigint", "bigint", "bigint", "bigint", "bigint"],
    tail: "ON CONFLICT DO NOTHING",
};

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[ADD, RELEASE, IN_FORCE, OF_PERSON, IN_FORCE_OF_MANY];
/// Its inserts of many rows, with the key of each.
pub(super) const ALL_VALUES: &[(&str, Values)] = &[("person_id", ADD_MANY)];

/// Adds a reason; one with the same code and time stays as it is.
pub(super) async fn add(tx: &Tx, person: PersonId, reason: &Reason) -> Result<()> {
    tx.execute(
        &ADD,
        &[
            &person.as_i64(),
            &i64::from(reason.code.as_u8()),
            &ms(reason.since),
            &reason.until.map(ms),
            &reason.released.map(ms),
        ],
    )
    .await?;
    Ok(())
}

/// Releases each reason whose way back the tests and days fulfil or will fulfil. A release that still lies ahead is
/// judged anew, since a later positive may have put it off or taken it back.
pub(super) async fn release(
    tx: &Tx,
    person: PersonId,
    tests: &[TestResult],
    rules: &RulePack,
    now: Timestamp,
) -> Result<()> {
    for row in tx.rows(&IN_FORCE, &[&person.as_i64(), &ms(now)]).await? {
        let reason = state_rows::reason(at(&row, 0)?, at(&row, 1)?, at(&row, 2)?, at(&row, 3)?)?;
        let released = rules.released_at(&reason, tests);
        if released == reason.released {
            continue;
        }
        set_released(tx, person, &reason, released).await?;
    }
    Ok(())
}

/// Sets when a reason ends.
pub(super) async fn set_released(
    tx: &Tx,
    person: PersonId,
    reason: &Reason,
    released: Option<Timestamp>,
) -> Result<()> {
    set_end(tx, person, reason.code, reason.since, released).await
}

/// Sets when the reason of a code since a time ends.
pub(super) async fn set_end(
    tx: &Tx,
    person: PersonId,
    code: ReasonCode,
    since: Timestamp,
    released: Option<Timestamp>,
) -> Result<()> {
    let code = i64::from(code.as_u8());
    tx.execute(&RELEASE, &[&person.as_i64(), &code, &ms(since), &released.map(ms)]).await?;
    Ok(())
}

/// Adds reasons, by person; one with the same code and time stays as it is.
pub(super) async fn add_many(tx: &Tx, mut new: Vec<(PersonId, &Reason)>) -> Result<()> {
    new.sort_by_key(|(person, reason)| (*person, reason.code.as_u8(), reason.since));
    let rows: Vec<_> = new
        .iter()
        .map(|(person, reason)| {
            let numbers = [person.as_i64(), i64::from(reason.code.as_u8()), ms(reason.since)];
            (numbers, [reason.until.map(ms), reason.released.map(ms)])
        })
        .collect();
    let mut values: Vec<Parameter<'_>> = Vec::with_capacity(rows.len() * ADD_MANY.types.len());
    for (numbers, ends) in &rows {
        values.extend(numbers.iter().map(|number| number as Parameter<'_>));
        values.extend(ends.iter().map(|end| end as Parameter<'_>));
    }
    tx.insert(&ADD_MANY, &values).await.map(drop)
}

/// The reasons of people that are in force or will be.
pub(super) async fn in_force_of_many(
    tx: &Tx,
    people: &[i64],
    now: Timestamp,
) -> Result<BTreeMap<PersonId, Vec<Reason>>> {
    let mut reasons: BTreeMap<PersonId, Vec<Reason>> = BTreeMap::new();
    for row in tx.rows(&IN_FORCE_OF_MANY, &[&people, &ms(now)]).await? {
        let reason = state_rows::reason(at(&row, 0)?, at(&row, 1)?, at(&row, 2)?, at(&row, 3)?)?;
        reasons.entry(state_rows::person_id(at(&row, 4)?)?).or_default().push(reason);
    }
    Ok(reasons)
}

/// All reasons of a person, released ones too.
pub(super) async fn all(tx: &Tx, person: PersonId) -> Result<Vec<Reason>> {
    let rows = tx.rows(&OF_PERSON, &[&person.as_i64()]).await?;
    rows.iter().map(|row| state_rows::reason(at(row, 0)?, at(row, 1)?, at(row, 2)?, at(row, 3)?)).collect()
}
