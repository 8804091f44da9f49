//! Results of tubes. What they do is decided in `tube_result_plan`. Locks: tubes by barcode, people by id, then numbers.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use yimatong_model::rule::RulePack;
use yimatong_model::sampling::Barcode;

use super::result::AT_ONCE;
use super::sql::{Sql, Values};
use super::tx::{Parameter, Tx, at};
use super::{audit, change, sample_problem, tube, tube_result_people, tube_result_person};
use crate::codec::ms;
use crate::error::Result;
use crate::sample_problem::POSTED_AGAIN;
use crate::tube::TubeRow;
use crate::tube_columns::barcode;
use crate::tube_result::{
    MOST_CHECKED, MOST_TUBE_RESULTS, NewTubeResult, PostedTubeResults, TubeOutcome, TubeResultColumns,
    TubeResultRow, check_all,
};
use crate::tube_result_plan::{PersonWork, TubeResultPlan};

const INSERT: Values = Values {
    head: "INSERT INTO tube_result (barcode, version, result_id, outcome, method, received_ms, reported_ms, institution,
                                    posted_ms, staff_id, remark) VALUES",
    types: &[
        "text", "bigint", "bytea", "bigint", "bigint", "bigint", "bigint", "bigint", "bigint", "bigint", "text",
    ],
    tail: "",
};
const OF_TUBES: Sql = Sql::keys(
    "barcode",
    "SELECT barcode, version, result_id, outcome, method, received_ms, reported_ms, institution, posted_ms, staff_id,
            remark
     FROM tube_result WHERE barcode = ANY($1) ORDER BY barcode, version",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[OF_TUBES];
/// Its inserts of many rows, with the key of each.
pub(super) const ALL_VALUES: &[(&str, Values)] = &[("barcode", INSERT)];

/// The verb `post_tube_results`.
pub(super) async fn post(
    tx: &Tx,
    results: &[NewTubeResult],
    rules: &RulePack,
    now: Timestamp,
) -> Result<PostedTubeResults> {
    check_all(results, MOST_TUBE_RESULTS)?;
    let barcodes = plausible(results, now);
    let mut plan = TubeResultPlan::new(now);
    let tubes = tube::lock_all(tx, &barcodes).await?;
    let mut samples = tube::samples(tx, &barcodes).await?;
    let mut known = of_tubes(tx, &barcodes).await?;
    for (barcode, row) in tubes {
        let (samples, results) = (samples.remove(&barcode), known.remove(&barcode));
        plan.tube(row, samples.unwrap_or_default(), results.unwrap_or_default());
    }
    let rows = results.iter().map(|new| plan.enter(new)).collect::<Result<Vec<_>>>()?;
    tube::save_all(tx, plan.changed_tubes()).await?;
    insert(tx, &plan.results).await?;
    let mut audited = plan.audit.clone();
    tube_result_people::lock_all(tx, plan.works.keys()).await?;
    let is_more = |works: &[PersonWork]| works.iter().all(|work| work.remove.is_none());
    let works = plan.works.iter().map(|(person, works)| (*person, works));
    let (more, corrected): (Vec<_>, Vec<_>) = works.partition(|(_, works)| is_more(works));
    tube_result_people::add(tx, &more, rules, now).await?;
    let works: Vec<_> = corrected
        .into_iter()
        .map(|(person, works)| tube_result_person::apply(tx, person, works, rules, now))
        .collect();
    let entries: Vec<Vec<_>> = stream::iter(works).buffered(AT_ONCE).try_collect().await?;
    audited.extend(entries.into_iter().flatten());
    sample_problem::add(tx, &plan.problems).await?;
    let cured = plan.cured.iter();
    let cured =
        cured.map(|(barcode, kind)| sample_problem::resolve_by_itself(tx, barcode, *kind, POSTED_AGAIN, now));
    try_join_all(cured).await?;
    for entry in &audited {
        audit::append(tx, entry).await?;
    }
    let changed: BTreeSet<_> = plan.works.keys().copied().collect();
    Ok(PostedTubeResults { rows, states: change::note(tx, &changed, now).await? })
}

/// The verb `check_tube_results`.
pub(super) async fn check(tx: &Tx, results: &[NewTubeResult], now: Timestamp) -> Result<Vec<TubeOutcome>> {
    check_all(results, MOST_CHECKED)?;
    let mut plan = TubeResultPlan::new(now);
    let barcodes: Vec<Barcode> = plausible(results, now).into_iter().collect();
    for barcodes in barcodes.chunks(MOST_TUBE_RESULTS) {
        let mut tubes = tube::some(tx, barcodes).await?;
        let mut samples = tube::samples(tx, barcodes).await?;
        let mut known = of_tubes(tx, barcodes).await?;
        for barcode in barcodes {
            let row = tubes.remove(barcode).unwrap_or_else(|| TubeRow::unknown(barcode.clone()));
            let (samples, results) = (samples.remove(barcode), known.remove(barcode));
            plan.tube(row, samples.unwrap_or_default(), results.unwrap_or_default());
        }
    }
    results.iter().map(|new| plan.enter(new)).collect()
}

/// Tubes of rows that can be.
fn plausible(results: &[NewTubeResult], now: Timestamp) -> BTreeSet<Barcode> {
    let plausible = results.iter().filter(|new| new.check(now).is_ok());
    plausible.map(|new| new.barcode.clone()).collect()
}

/// Values of columns that have to lie somewhere while they are sent.
struct Columns<'a> {
    barcode: &'a str,
    id: &'a [u8],
    numbers: [i64; 8],
    remark: Option<&'a str>,
}

impl<'a> Columns<'a> {
    fn of((barcode, row): &'a (Barcode, TubeResultRow)) -> Self {
        let numbers = [
            i64::from(row.version),
            i64::from(row.outcome.as_u8()),
            i64::from(row.method.as_u8()),
            ms(row.received),
            ms(row.reported),
            i64::from(row.institution),
            ms(row.posted),
            i64::from(row.staff.0),
        ];
        Self { barcode: barcode.as_str(), id: &row.id, numbers, remark: row.remark.as_deref() }
    }
}

async fn insert(tx: &Tx, results: &[(Barcode, TubeResultRow)]) -> Result<()> {
    let mut rows: Vec<Columns<'_>> = results.iter().map(Columns::of).collect();
    rows.sort_by_key(|row| (row.barcode, row.numbers[0]));
    let mut values: Vec<Parameter<'_>> = Vec::with_capacity(rows.len() * INSERT.types.len());
    for row in &rows {
        values.extend([&row.barcode as Parameter<'_>, &row.numbers[0], &row.id]);
        values.extend(row.numbers[1..].iter().map(|number| number as Parameter<'_>));
        values.push(&row.remark);
    }
    tx.insert(&INSERT, &values).await.map(drop)
}

/// Results of tubes, oldest version first.
pub(super) async fn of_tubes<'a>(
    tx: &Tx,
    barcodes: impl IntoIterator<Item = &'a Barcode>,
) -> Result<BTreeMap<Barcode, Vec<TubeResultRow>>> {
    let texts: Vec<&str> = barcodes.into_iter().map(Barcode::as_str).collect();
    let mut results: BTreeMap<Barcode, Vec<TubeResultRow>> = BTreeMap::new();
    for row in tx.rows(&OF_TUBES, &[&texts]).await? {
        let columns = TubeResultColumns {
            version: at(&row, 1)?,
            id: at(&row, 2)?,
            outcome: at(&row, 3)?,
            method: at(&row, 4)?,
            received_ms: at(&row, 5)?,
            reported_ms: at(&row, 6)?,
            institution: at(&row, 7)?,
            posted_ms: at(&row, 8)?,
            staff: at(&row, 9)?,
            remark: at(&row, 10)?,
        };
        results.entry(barcode(at(&row, 0)?)?).or_default().push(columns.row()?);
    }
    Ok(results)
}
