//! Test results: recording, history, and the projection of the two latest.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use yimatong_model::ids::{PersonId, SamplingPointId};
use yimatong_model::reason::Reason;
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};

use super::tx::{Tx, View};
use super::{case_file, change, person, reason};
use crate::codec::{instant, ms};
use crate::cursor;
use crate::error::corrupt;
use crate::error::{Problem, Result, StoreError};
use crate::latest_results::{encode, encode_latest};
use crate::page::{Page, page_size};
use crate::result::{
    MOST_RESULTS, NewResult, PostedResults, SampleTaken, StoredResult, TESTS_CONSIDERED, find_taken, span_ms,
};
use crate::result_correction::ResultCorrection;
use crate::row_outcome::{RowOutcome, RowProblem};
use crate::tube_columns::barcode;
use crate::tube_result::opens_case;

/// Columns [`from_row`] reads, in its order.
const COLUMNS: &str = "sampled_ms, received_ms, reported_ms, outcome, tube, method, institution, result_id,
     former_outcome, corrected_ms";

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
    let mut recorded: BTreeMap<PersonId, Vec<([u8; 16], TestResult)>> = BTreeMap::new();
    for new in results {
        let outcome = match new.check(now) {
            Err(problem) => RowOutcome::Rejected(problem),
            Ok(()) => match person::find(tx, &new.document)? {
                None => RowOutcome::Rejected(RowProblem::UnknownPerson),
                Some(person) => {
                    let outcome = record(tx, person, &new.id, &new.result)?;
                    if outcome == RowOutcome::Recorded {
                        recorded.entry(person).or_default().push((new.id, new.result));
                    }
                    outcome
                }
            },
        };
        rows.push(outcome);
    }
    for (person, new) in &recorded {
        learn(tx, *person, new, rules, now)?;
        for (id, _) in new.iter().filter(|(_, result)| opens_case(result)) {
            case_file::open(tx, *person, id, None, now)?;
        }
    }
    let states = change::note(tx, &recorded.into_keys().collect::<BTreeSet<_>>(), now)?;
    Ok(PostedResults { rows, states })
}

/// Draws the consequences of results that are new on file: the reasons they give and release, and the two latest.
pub(super) fn learn(
    tx: &Tx<'_>,
    person: PersonId,
    new: &[([u8; 16], TestResult)],
    rules: &RulePack,
    now: Timestamp,
) -> Result<()> {
    for (_, result) in new {
        if let Some(code) = rules.reason_from_result(result) {
            reason::add(tx, person, &Reason::new(code, result.sampled))?;
        }
    }
    let tests = newest_tests(tx, person)?;
    reason::release(tx, person, &tests, rules, now)?;
    project(tx, person, &tests)
}

/// The results of a person that ways back are judged by.
pub(super) fn newest_tests(view: &View<'_>, person: PersonId) -> Result<Vec<TestResult>> {
    Ok(newest(view, person, TESTS_CONSIDERED)?.into_iter().map(|stored| stored.result).collect())
}

fn record(tx: &Tx<'_>, person: PersonId, id: &[u8; 16], result: &TestResult) -> Result<RowOutcome> {
    if let Some(there) = by_id(tx, person, id)? {
        let same = encode(&there.result) == encode(result);
        return Ok(if same { RowOutcome::Duplicate } else { RowOutcome::Rejected(RowProblem::IdReused) });
    }
    insert(tx, person, id, result, None)?;
    Ok(RowOutcome::Recorded)
}

/// Removes a result; answers it.
pub(super) fn remove(tx: &Tx<'_>, person: PersonId, id: &[u8; 16]) -> Result<Option<StoredResult>> {
    let mut statement = tx.sql.prepare_cached(&format!(
        "DELETE FROM test_result WHERE person_id = ?1 AND result_id = ?2 RETURNING {COLUMNS}"
    ))?;
    let mut rows = statement.query(params![person.as_i64(), id])?;
    rows.next()?.map(from_row).transpose()
}

/// The latest positive single test of a person.
pub(super) fn single_positive(view: &View<'_>, person: PersonId) -> Result<Option<[u8; 16]>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT result_id FROM test_result WHERE person_id = ?1 AND outcome = ?2 AND tube = ?3
         ORDER BY sampled_ms DESC, result_id DESC LIMIT 1",
    )?;
    let (positive, single) = (Outcome::Positive.as_u8(), Tube::Single.as_u8());
    Ok(statement.query_row(params![person.as_i64(), positive, single], |row| row.get(0)).optional()?)
}

/// Inserts a result that is not there yet.
pub(super) fn insert(
    tx: &Tx<'_>,
    person: PersonId,
    id: &[u8; 16],
    result: &TestResult,
    corrected: Option<ResultCorrection>,
) -> Result<()> {
    let (former, corrected_ms) = ResultCorrection::columns(corrected);
    tx.sql
        .prepare_cached(
            "INSERT INTO test_result (person_id, sampled_ms, result_id, received_ms, reported_ms, outcome, tube,
                                      method, institution, former_outcome, corrected_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
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
            result.institution,
            former,
            corrected_ms
        ])?;
    Ok(())
}

/// Writes the projection of the two latest.
pub(super) fn project(tx: &Tx<'_>, person: PersonId, newest_first: &[TestResult]) -> Result<()> {
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
    let mut items = page(view, person, cursor::time_and_id(cursor)?, limit + 1)?;
    add_taken(view, person, &mut items)?;
    Ok(Page::cut(items, limit, |row| cursor::of_time_and_id(ms(row.result.sampled), &row.id)))
}

/// The result with this id.
pub(super) fn by_id(view: &View<'_>, person: PersonId, id: &[u8; 16]) -> Result<Option<StoredResult>> {
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM test_result WHERE person_id = ?1 AND result_id = ?2"
    ))?;
    let mut rows = statement.query(params![person.as_i64(), id])?;
    rows.next()?.map(from_row).transpose()
}

/// Adds where and into which tube the samples were taken.
pub(super) fn add_taken(view: &View<'_>, person: PersonId, results: &mut [StoredResult]) -> Result<()> {
    let Some((from_ms, to_ms)) = span_ms(results) else { return Ok(()) };
    let mut statement = view.sql.prepare_cached(
        "SELECT sampled_ms, barcode, point_id FROM sample
         WHERE person_id = ?1 AND sampled_ms BETWEEN ?2 AND ?3 AND undone_ms IS NULL ORDER BY sampled_ms, sample_id",
    )?;
    let mut rows = statement.query(params![person.as_i64(), from_ms, to_ms])?;
    let mut samples = Vec::new();
    while let Some(row) = rows.next()? {
        let barcode = barcode(row.get_ref(1)?.as_str().map_err(|_| corrupt("a barcode"))?)?;
        samples.push((row.get(0)?, SampleTaken { barcode, point: SamplingPointId(row.get(2)?) }));
    }
    find_taken(results, &samples);
    Ok(())
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
    let corrected = ResultCorrection::from_columns(row.get(8)?, row.get(9)?)?;
    Ok(StoredResult { id: row.get(7)?, result, taken: None, corrected })
}
