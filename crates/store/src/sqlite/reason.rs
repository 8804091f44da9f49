//! Reasons of colours: given and released by results.

use jiff::Timestamp;
use rusqlite::params;
use yimatong_model::ids::PersonId;
use yimatong_model::reason::Reason;
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::TestResult;

use super::state::{REASON_COLUMNS, reason_row};
use super::tx::{Tx, View};
use crate::codec::ms;
use crate::error::Result;

/// Adds a reason; one with the same code and time stays as it is.
pub(super) fn add(tx: &Tx<'_>, person: PersonId, reason: &Reason) -> Result<()> {
    tx.sql
        .prepare_cached(
            "INSERT INTO reason (person_id, code, since_ms, until_ms, released_ms) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            person.as_i64(),
            reason.code.as_u8(),
            ms(reason.since),
            reason.until.map(ms),
            reason.released.map(ms)
        ])?;
    Ok(())
}

/// Releases each reason whose way back the tests and days fulfil or will fulfil. A release that still lies ahead is
/// judged anew, since a later positive may have put it off or taken it back.
pub(super) fn release(
    tx: &Tx<'_>,
    person: PersonId,
    tests: &[TestResult],
    rules: &RulePack,
    now: Timestamp,
) -> Result<()> {
    for reason in in_force(tx, person, now)? {
        let released = rules.released_at(&reason, tests);
        if released == reason.released {
            continue;
        }
        set_released(tx, person, &reason, released)?;
    }
    Ok(())
}

/// Sets when a reason ends.
pub(super) fn set_released(
    tx: &Tx<'_>,
    person: PersonId,
    reason: &Reason,
    released: Option<Timestamp>,
) -> Result<()> {
    tx.sql
        .prepare_cached(
            "UPDATE reason SET released_ms = ?4 WHERE person_id = ?1 AND code = ?2 AND since_ms = ?3",
        )?
        .execute(params![person.as_i64(), reason.code.as_u8(), ms(reason.since), released.map(ms)])?;
    Ok(())
}

/// All reasons of a person, released ones too.
pub(super) fn all(view: &View<'_>, person: PersonId) -> Result<Vec<Reason>> {
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT {REASON_COLUMNS} FROM reason WHERE person_id = ?1 ORDER BY code, since_ms"
    ))?;
    let mut rows = statement.query([person.as_i64()])?;
    let mut reasons = Vec::new();
    while let Some(row) = rows.next()? {
        reasons.push(reason_row(row)?);
    }
    Ok(reasons)
}

fn in_force(view: &View<'_>, person: PersonId, now: Timestamp) -> Result<Vec<Reason>> {
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT {REASON_COLUMNS} FROM reason
         WHERE person_id = ?1 AND (released_ms IS NULL OR released_ms > ?2) ORDER BY code, since_ms"
    ))?;
    let mut rows = statement.query(params![person.as_i64(), ms(now)])?;
    let mut reasons = Vec::new();
    while let Some(row) = rows.next()? {
        reasons.push(reason_row(row)?);
    }
    Ok(reasons)
}
