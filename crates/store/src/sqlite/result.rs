//! Test results: recording, history, and the projection of the two latest.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Row, params};
use yimatong_model::ids::PersonId;
use yimatong_model::reason::Reason;
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};

use super::codec::{instant, ms};
use super::error::corrupt;
use super::tx::{Tx, View};
use super::{change, cursor, person, reason};
use crate::error::{Problem, Result, StoreError};
use crate::page::{Page, page_size};
use crate::result::{MOST_RESULTS, NewResult, PostedResults, StoredResult};
use crate::row_outcome::{RowOutcome, RowProblem};

/// How far ahead a reporting clock may be.
const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// Results that ways back are judged by; older ones can't matter.
const TESTS_CONSIDERED: usize = 200;
/// Bytes of one result in the projection.
const LATEST_BYTES: usize = 29;
/// Columns [`from_row`] reads, in its order.
const COLUMNS: &str = "sampled_ms, received_ms, reported_ms, outcome, tube, method, institution, result_id";

/// The verb `post_results`.
pub(super) fn post(
    tx: &Tx<'_>,
    results: &[NewResult],
    rules: &RulePack,
    now: Timestamp,
) -> Result<PostedResults> {
    if results.len() > MOST_RESULTS {
        return Err(StoreError::invalid("results", Problem::TooManyRows));
    }
    let mut rows = Vec::with_capacity(results.len());
    let mut recorded: BTreeMap<PersonId, Vec<TestResult>> = BTreeMap::new();
    for new in results {
        let outcome = match check(&new.result, now) {
            Err(problem) => RowOutcome::Rejected(problem),
            Ok(()) => match person::find(tx, &new.document)? {
                None => RowOutcome::Rejected(RowProblem::UnknownPerson),
                Some(person) => {
                    let outcome = record(tx, person, &new.id, &new.result)?;
                    if outcome == RowOutcome::Recorded {
                        recorded.entry(person).or_default().push(new.result);
                    }
                    outcome
                }
            },
        };
        rows.push(outcome);
    }
    for (person, new) in &recorded {
        for result in new {
            if let Some(code) = rules.reason_from_result(result) {
                reason::add(tx, *person, &Reason::new(code, result.sampled))?;
            }
        }
        let tests: Vec<TestResult> =
            newest(tx, *person, TESTS_CONSIDERED)?.into_iter().map(|stored| stored.result).collect();
        reason::release(tx, *person, &tests, rules, now)?;
        project(tx, *person, &tests)?;
    }
    let states = change::note(tx, &recorded.into_keys().collect::<BTreeSet<_>>(), now)?;
    Ok(PostedResults { rows, states })
}

fn check(result: &TestResult, now: Timestamp) -> std::result::Result<(), RowProblem> {
    if result.sampled > result.received || result.received > result.reported {
        return Err(RowProblem::TimesOutOfOrder);
    }
    if result.reported.duration_since(now) > SKEW {
        return Err(RowProblem::InFuture);
    }
    Ok(())
}

fn record(tx: &Tx<'_>, person: PersonId, id: &[u8; 16], result: &TestResult) -> Result<RowOutcome> {
    let mut statement = tx.sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM test_result WHERE person_id = ?1 AND result_id = ?2"
    ))?;
    let mut rows = statement.query(params![person.as_i64(), id])?;
    if let Some(row) = rows.next()? {
        let same = encode(&from_row(row)?.result) == encode(result);
        return Ok(if same { RowOutcome::Duplicate } else { RowOutcome::Rejected(RowProblem::IdReused) });
    }
    insert(tx, person, id, result)?;
    Ok(RowOutcome::Recorded)
}

/// Inserts a result that is not there yet.
pub(super) fn insert(tx: &Tx<'_>, person: PersonId, id: &[u8; 16], result: &TestResult) -> Result<()> {
    tx.sql
        .prepare_cached(
            "INSERT INTO test_result (person_id, sampled_ms, result_id, received_ms, reported_ms, outcome, tube,
                                      method, institution)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            person.as_i64(),
            ms(result.sampled),
            id,
            ms(result.received),
            ms(result.reported),
            result.outcome.as_u8(),
            result.tube.as_u8(),
            result.method.as_u8(),
            result.institution
        ])?;
    Ok(())
}

fn project(tx: &Tx<'_>, person: PersonId, newest_first: &[TestResult]) -> Result<()> {
    tx.sql
        .prepare_cached("UPDATE person SET latest_results = ?2 WHERE person_id = ?1")?
        .execute(params![person.as_i64(), encode_latest(newest_first)])?;
    Ok(())
}

/// The latest results of a person, newest sampling first.
pub(super) fn newest(view: &View<'_>, person: PersonId, limit: usize) -> Result<Vec<StoredResult>> {
    page(view, person, None, limit)
}

/// The verb `result_history`.
pub(super) fn history(
    view: &View<'_>,
    person: PersonId,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<StoredResult>> {
    let limit = page_size(limit);
    let items = page(view, person, cursor::time_and_id(cursor)?, limit + 1)?;
    Ok(Page::cut(items, limit, |row| cursor::of_time_and_id(ms(row.result.sampled), &row.id)))
}

fn page(
    view: &View<'_>,
    person: PersonId,
    before: Option<(i64, [u8; 16])>,
    limit: usize,
) -> Result<Vec<StoredResult>> {
    let (sampled_ms, id) = before.unwrap_or((i64::MAX, [0; 16]));
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM test_result
         WHERE person_id = ?1 AND (sampled_ms, result_id) < (?2, ?3)
         ORDER BY sampled_ms DESC, result_id DESC LIMIT ?4"
    ))?;
    let mut rows = statement.query(params![person.as_i64(), sampled_ms, id, limit as i64])?;
    let mut results = Vec::new();
    while let Some(row) = rows.next()? {
        results.push(from_row(row)?);
    }
    Ok(results)
}

fn from_row(row: &Row<'_>) -> Result<StoredResult> {
    let result = TestResult {
        sampled: instant(row.get(0)?)?,
        received: instant(row.get(1)?)?,
        reported: instant(row.get(2)?)?,
        outcome: Outcome::from_u8(row.get(3)?).ok_or_else(|| corrupt("an outcome"))?,
        tube: Tube::from_u8(row.get(4)?).ok_or_else(|| corrupt("a tube"))?,
        method: Method::from_u8(row.get(5)?).ok_or_else(|| corrupt("a method"))?,
        institution: row.get(6)?,
    };
    Ok(StoredResult { id: row.get(7)?, result })
}

/// The projection: the two latest nucleic acid tests. An antigen test is in the history, but proves nothing at a
/// gate, and must not hide the test that does.
pub(super) fn encode_latest(newest_first: &[TestResult]) -> Vec<u8> {
    let nucleic_acid = newest_first.iter().filter(|result| result.method == Method::Naat);
    nucleic_acid.take(2).flat_map(encode).collect()
}

fn encode(result: &TestResult) -> [u8; LATEST_BYTES] {
    let mut bytes = [0; LATEST_BYTES];
    bytes[..8].copy_from_slice(&ms(result.sampled).to_be_bytes());
    bytes[8..16].copy_from_slice(&ms(result.received).to_be_bytes());
    bytes[16..24].copy_from_slice(&ms(result.reported).to_be_bytes());
    bytes[24..27].copy_from_slice(&[result.outcome.as_u8(), result.tube.as_u8(), result.method.as_u8()]);
    bytes[27..].copy_from_slice(&result.institution.to_be_bytes());
    bytes
}

/// The results of a projection.
pub(super) fn decode_latest(bytes: &[u8]) -> Result<Vec<TestResult>> {
    let (results, rest) = bytes.as_chunks::<LATEST_BYTES>();
    if !rest.is_empty() {
        return Err(corrupt("the latest results"));
    }
    results.iter().map(decode).collect()
}

fn decode(bytes: &[u8; LATEST_BYTES]) -> Result<TestResult> {
    let time = |from: usize| {
        let mut number = [0; 8];
        number.copy_from_slice(&bytes[from..from + 8]);
        instant(i64::from_be_bytes(number))
    };
    let wrong = || corrupt("the latest results");
    Ok(TestResult {
        sampled: time(0)?,
        received: time(8)?,
        reported: time(16)?,
        outcome: Outcome::from_u8(bytes[24]).ok_or_else(wrong)?,
        tube: Tube::from_u8(bytes[25]).ok_or_else(wrong)?,
        method: Method::from_u8(bytes[26]).ok_or_else(wrong)?,
        institution: u16::from_be_bytes([bytes[27], bytes[28]]),
    })
}
