//! Test results: recording, history, and the projection of the two latest.
//!
//! A batch is worked on person by person, many people at once on one connection: their statements follow each other
//! without waiting for answers, and each reaches one shard.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use tokio_postgres::Row;
use yimatong_model::ids::{PersonId, SamplingPointId};
use yimatong_model::reason::Reason;
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};

use super::sql::{Sql, Values};
use super::tx::{Parameter, Tx, at};
use super::{case_file, change, person, reason, state};
use crate::codec::{instant, ms, narrow};
use crate::cursor;
use crate::error::{Problem, Result, StoreError, corrupt};
use crate::latest_results::{encode, encode_latest};
use crate::page::{Page, page_size};
use crate::result::{
    MOST_RESULTS, NewResult, PostedResults, SampleTaken, StoredResult, TESTS_CONSIDERED, find_taken, span_ms,
};
use crate::result_correction::ResultCorrection;
use crate::row_outcome::{RowOutcome, RowProblem};
use crate::state_rows::person_id;
use crate::tube_columns::{barcode, id16};
use crate::tube_result::opens_case;

/// People worked on at once.
pub(super) const AT_ONCE: usize = 64;

/// Columns [`from_row`] reads, in its order.
macro_rules! columns {
    () => {
        "sampled_ms, received_ms, reported_ms, outcome, tube, method, institution, result_id, former_outcome, corrected_ms"
    };
}

const BY_ID: Sql = Sql::key(
    "person_id",
    concat!("SELECT ", columns!(), " FROM test_result WHERE person_id = $1 AND result_id = $2"),
);
const INSERT: Sql = Sql::key(
    "person_id",
    "INSERT INTO test_result (person_id, sampled_ms, result_id, received_ms, reported_ms, outcome, tube, method,
                              institution, former_outcome, corrected_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);
const REMOVE: Sql = Sql::key(
    "person_id",
    concat!("DELETE FROM test_result WHERE person_id = $1 AND result_id = $2 RETURNING ", columns!()),
);
const SINGLE_POSITIVE: Sql = Sql::key(
    "person_id",
    "SELECT result_id FROM test_result WHERE person_id = $1 AND outcome = $2 AND tube = $3
     ORDER BY sampled_ms DESC, result_id DESC LIMIT 1",
);
const PROJECT: Sql = Sql::key("person_id", "UPDATE person SET latest_results = $2 WHERE person_id = $1");
const PAGE: Sql = Sql::key(
    "person_id",
    concat!(
        "SELECT ",
        columns!(),
        " FROM test_result WHERE person_id = $1 AND (sampled_ms, result_id) < ($2, $3)
          ORDER BY sampled_ms DESC, result_id DESC LIMIT $4"
    ),
);
const TAKEN: Sql = Sql::key(
    "person_id",
    "SELECT sampled_ms, barcode, point_id FROM sample
     WHERE person_id = $1 AND sampled_ms BETWEEN $2 AND $3 AND undone_ms IS NULL ORDER BY sampled_ms, sample_id",
);
const OF_MANY: Sql = Sql::keys(
    "person_id",
    concat!(
        "SELECT ",
        columns!(),
        ", person_id FROM test_result WHERE person_id = ANY($1) ORDER BY person_id, sampled_ms DESC, result_id DESC"
    ),
);
const PROJECT_MANY: Sql = Sql::keys(
    "person_id",
    "UPDATE person SET latest_results = new.results FROM unnest($1::bigint[], $2::bytea[]) AS new (person_id, results)
     WHERE person.person_id = new.person_id AND person.person_id = ANY($1)",
);
const INSERT_MANY: Values = Values {
    head: "INSERT INTO test_result (person_id, sampled_ms, result_id, received_ms, reported_ms, outcome, tube, method,
                                    institution) VALUES",
    types: &["bigint", "bigint", "bytea", "bigint", "bigint", "bigint", "bigint", "bigint", "bigint"],
    tail: "",
};

/// The statements of this file.
pub(super) const ALL: &[Sql] =
    &[BY_ID, INSERT, REMOVE, SINGLE_POSITIVE, PROJECT, PAGE, TAKEN, OF_MANY, PROJECT_MANY];
/// Its inserts of many rows, with the key of each.
pub(super) const ALL_VALUES: &[(&str, Values)] = &[("person_id", INSERT_MANY)];

/// The verb `post_results`.
pub(super) async fn post(
    tx: &Tx,
    results: &[NewResult],
    rules: &RulePack,
    now: Timestamp,
) -> Result<PostedResults> {
    if results.len() > MOST_RESULTS {
        return Err(StoreError::invalid("results", Problem::TooManyRows));
    }
    let (mut rows, people) = sort_by_person(tx, results, now).await?;
    let mut work = Vec::with_capacity(people.len());
    for (person, indices) in &people {
        work.push(one_person(tx, *person, indices, results, rules, now));
    }
    let done: Vec<Vec<(usize, RowOutcome)>> = stream::iter(work).buffered(AT_ONCE).try_collect().await?;
    let mut changed = std::collections::BTreeSet::new();
    for (person, outcomes) in people.keys().zip(done) {
        for (index, outcome) in outcomes {
            rows[index] = outcome;
            if outcome == RowOutcome::Recorded {
                changed.insert(*person);
            }
        }
    }
    Ok(PostedResults { rows, states: change::note(tx, &changed, now).await? })
}

/// The rows that can be judged without the person, and the others by person, in their order.
async fn sort_by_person(
    tx: &Tx,
    results: &[NewResult],
    now: Timestamp,
) -> Result<(Vec<RowOutcome>, BTreeMap<PersonId, Vec<usize>>)> {
    let mut rows = Vec::with_capacity(results.len());
    let mut people: BTreeMap<PersonId, Vec<usize>> = BTreeMap::new();
    let mut work = Vec::with_capacity(results.len());
    for new in results {
        work.push(find(tx, new, now));
    }
    let found: Vec<std::result::Result<PersonId, RowProblem>> =
        stream::iter(work).buffered(AT_ONCE).try_collect().await?;
    for found in found {
        if let Ok(person) = found {
            people.entry(person).or_default().push(rows.len());
        }
        rows.push(found.map_or_else(RowOutcome::Rejected, |_| RowOutcome::Recorded));
    }
    Ok((rows, people))
}

/// Whose result it is, where it can be taken.
async fn find(tx: &Tx, new: &NewResult, now: Timestamp) -> Result<std::result::Result<PersonId, RowProblem>> {
    match new.check(now) {
        Err(problem) => Ok(Err(problem)),
        Ok(()) => Ok(person::find(tx, &new.document).await?.ok_or(RowProblem::UnknownPerson)),
    }
}

async fn one_person(
    tx: &Tx,
    person: PersonId,
    indices: &[usize],
    results: &[NewResult],
    rules: &RulePack,
    now: Timestamp,
) -> Result<Vec<(usize, RowOutcome)>> {
    state::lock(tx, person).await?;
    let mut outcomes = Vec::with_capacity(indices.len());
    let mut recorded = Vec::new();
    for index in indices {
        let new = &results[*index];
        let outcome = record(tx, person, &new.id, &new.result).await?;
        if outcome == RowOutcome::Recorded {
            recorded.push((new.id, new.result));
        }
        outcomes.push((*index, outcome));
    }
    if recorded.is_empty() {
        return Ok(outcomes);
    }
    learn(tx, person, &recorded, rules, now).await?;
    for (id, _) in recorded.iter().filter(|(_, result)| opens_case(result)) {
        case_file::open(tx, person, id, None, now).await?;
    }
    Ok(outcomes)
}

/// Draws the consequences of results that are new on file: the reasons they give and release, and the two latest.
pub(super) async fn learn(
    tx: &Tx,
    person: PersonId,
    new: &[([u8; 16], TestResult)],
    rules: &RulePack,
    now: Timestamp,
) -> Result<()> {
    for (_, result) in new {
        if let Some(code) = rules.reason_from_result(result) {
            reason::add(tx, person, &Reason::new(code, result.sampled)).await?;
        }
    }
    let tests = newest_tests(tx, person).await?;
    reason::release(tx, person, &tests, rules, now).await?;
    project(tx, person, &tests).await
}

/// The results of a person that ways back are judged by.
pub(super) async fn newest_tests(tx: &Tx, person: PersonId) -> Result<Vec<TestResult>> {
    Ok(newest(tx, person, TESTS_CONSIDERED).await?.into_iter().map(|stored| stored.result).collect())
}

/// Writes the projection of the two latest.
pub(super) async fn project(tx: &Tx, person: PersonId, newest_first: &[TestResult]) -> Result<()> {
    tx.execute(&PROJECT, &[&person.as_i64(), &encode_latest(newest_first)]).await?;
    Ok(())
}

/// Removes a result; answers it.
pub(super) async fn remove(tx: &Tx, person: PersonId, id: &[u8; 16]) -> Result<Option<StoredResult>> {
    tx.row(&REMOVE, &[&person.as_i64(), &&id[..]]).await?.map(|row| from_row(&row)).transpose()
}

/// The latest positive single test of a person.
pub(super) async fn single_positive(tx: &Tx, person: PersonId) -> Result<Option<[u8; 16]>> {
    let (positive, single) = (i64::from(Outcome::Positive.as_u8()), i64::from(Tube::Single.as_u8()));
    let row = tx.row(&SINGLE_POSITIVE, &[&person.as_i64(), &positive, &single]).await?;
    row.map(|row| id16(at(&row, 0)?)).transpose()
}

async fn record(tx: &Tx, person: PersonId, id: &[u8; 16], result: &TestResult) -> Result<RowOutcome> {
    if let Some(there) = by_id(tx, person, id).await? {
        let same = encode(&there.result) == encode(result);
        return Ok(if same { RowOutcome::Duplicate } else { RowOutcome::Rejected(RowProblem::IdReused) });
    }
    insert(tx, person, id, result, None).await?;
    Ok(RowOutcome::Recorded)
}

/// Inserts a result that is not there yet.
pub(super) async fn insert(
    tx: &Tx,
    person: PersonId,
    id: &[u8; 16],
    result: &TestResult,
    corrected: Option<ResultCorrection>,
) -> Result<()> {
    let (former, corrected_ms) = ResultCorrection::columns(corrected);
    tx.execute(
        &INSERT,
        &[
            &person.as_i64(),
            &ms(result.sampled),
            &&id[..],
            &ms(result.received),
            &ms(result.reported),
            &i64::from(result.outcome.as_u8()),
            &i64::from(result.tube.as_u8()),
            &i64::from(result.method.as_u8()),
            &i64::from(result.institution),
            &former,
            &corrected_ms,
        ],
    )
    .await?;
    Ok(())
}

/// Inserts results that are not there yet, in any order.
pub(super) async fn insert_many(tx: &Tx, mut new: Vec<(PersonId, &[u8; 16], &TestResult)>) -> Result<()> {
    new.sort_by_key(|(person, id, result)| (*person, ms(result.sampled), **id));
    let numbers = |result: &TestResult| {
        [
            ms(result.received),
            ms(result.reported),
            i64::from(result.outcome.as_u8()),
            i64::from(result.tube.as_u8()),
            i64::from(result.method.as_u8()),
            i64::from(result.institution),
        ]
    };
    // Values of columns that have to lie somewhere while they are sent.
    let rows: Vec<_> = new
        .iter()
        .map(|(person, id, result)| (person.as_i64(), ms(result.sampled), &id[..], numbers(result)))
        .collect();
    let mut values: Vec<Parameter<'_>> = Vec::with_capacity(rows.len() * INSERT_MANY.types.len());
    for (person, sampled_ms, id, numbers) in &rows {
        values.extend([person as Parameter<'_>, sampled_ms, id]);
        values.extend(numbers.iter().map(|number| number as Parameter<'_>));
    }
    tx.insert(&INSERT_MANY, &values).await.map(drop)
}

/// Writes the projections of people, by their ids.
pub(super) async fn project_many(
    tx: &Tx,
    newest_first: impl Iterator<Item = (PersonId, Vec<TestResult>)>,
) -> Result<()> {
    let encode = |(person, tests): (PersonId, Vec<TestResult>)| (person.as_i64(), encode_latest(&tests));
    let (people, results): (Vec<i64>, Vec<Vec<u8>>) = newest_first.map(encode).unzip();
    tx.execute(&PROJECT_MANY, &[&people, &results]).await?;
    Ok(())
}

/// The results of people that ways back are judged by, each newest first.
pub(super) async fn newest_of_many(tx: &Tx, people: &[i64]) -> Result<BTreeMap<PersonId, Vec<StoredResult>>> {
    let mut results: BTreeMap<PersonId, Vec<StoredResult>> = BTreeMap::new();
    for row in tx.rows(&OF_MANY, &[&people]).await? {
        let of_person = results.entry(person_id(at(&row, 10)?)?).or_default();
        if of_person.len() < TESTS_CONSIDERED {
            of_person.push(from_row(&row)?);
        }
    }
    Ok(results)
}

/// The latest results of a person, newest sampling first.
pub(super) async fn newest(tx: &Tx, person: PersonId, limit: usize) -> Result<Vec<StoredResult>> {
    page(tx, person, None, limit).await
}

/// The verb `result_history`.
pub(super) async fn history(
    tx: &Tx,
    person: PersonId,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<StoredResult>> {
    let limit = page_size(limit);
    let mut items = page(tx, person, cursor::time_and_id(cursor)?, limit + 1).await?;
    add_taken(tx, person, &mut items).await?;
    Ok(Page::cut(items, limit, |row| cursor::of_time_and_id(ms(row.result.sampled), &row.id)))
}

/// The result with this id.
pub(super) async fn by_id(tx: &Tx, person: PersonId, id: &[u8; 16]) -> Result<Option<StoredResult>> {
    tx.row(&BY_ID, &[&person.as_i64(), &&id[..]]).await?.map(|row| from_row(&row)).transpose()
}

/// Adds where and into which tube the samples were taken.
pub(super) async fn add_taken(tx: &Tx, person: PersonId, results: &mut [StoredResult]) -> Result<()> {
    let Some((from_ms, to_ms)) = span_ms(results) else { return Ok(()) };
    let mut samples = Vec::new();
    for row in tx.rows(&TAKEN, &[&person.as_i64(), &from_ms, &to_ms]).await? {
        let point = SamplingPointId(narrow(at(&row, 2)?, "a sampling point")?);
        samples.push((at(&row, 0)?, SampleTaken { barcode: barcode(at(&row, 1)?)?, point }));
    }
    find_taken(results, &samples);
    Ok(())
}

async fn page(
    tx: &Tx,
    person: PersonId,
    before: Option<(i64, [u8; 16])>,
    limit: usize,
) -> Result<Vec<StoredResult>> {
    let (sampled_ms, id) = before.unwrap_or((i64::MAX, [0; 16]));
    let rows = tx.rows(&PAGE, &[&person.as_i64(), &sampled_ms, &&id[..], &(limit as i64)]).await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<StoredResult> {
    let small = |column: usize| narrow::<u8>(at(row, column)?, "a test result");
    let result = TestResult {
        sampled: instant(at(row, 0)?)?,
        received: instant(at(row, 1)?)?,
        reported: instant(at(row, 2)?)?,
        outcome: Outcome::from_u8(small(3)?).ok_or_else(|| corrupt("an outcome"))?,
        tube: Tube::from_u8(small(4)?).ok_or_else(|| corrupt("a tube"))?,
        method: Method::from_u8(small(5)?).ok_or_else(|| corrupt("a method"))?,
        institution: narrow(at(row, 6)?, "an institution")?,
    };
    let id = <[u8; 16]>::try_from(at::<&[u8]>(row, 7)?).map_err(|_| corrupt("a result's id"))?;
    let corrected = ResultCorrection::from_columns(at(row, 8)?, at(row, 9)?)?;
    Ok(StoredResult { id, result, taken: None, corrected })
}
