//! `POST /v1/tube-results`: a lab posts results of tubes. Everybody in a tube gets its result, and colours follow by the
//! rules, in the same transaction.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::ids::StaffId;
use yimatong_model::role::Role;
use yimatong_model::sampling::{Barcode, contradicted};
use yimatong_model::test_result::{Method, Outcome};
use yimatong_store::{NewTubeResult, TubeOutcome};

use super::outcome::{Said, TubeRow, TubeRows};
use crate::app::App;
use crate::http::body::Body;
use crate::http::fields;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::rows::fit;

/// Tubes of one transaction: a thousand of ten people each would keep everybody else's writes waiting.
const TUBES_AT_ONCE: usize = 100;
/// Longest remark in bytes.
const LONGEST_REMARK: usize = 400;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// At most 1,000.
    results: Vec<ResultFields>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ResultFields {
    /// A UUID made by the lab; a repeat is a duplicate.
    id: String,
    /// Barcode of the tube.
    tube: String,
    /// `negative`, `positive`, `indeterminate` or `invalid`.
    #[schemars(with = "String")]
    outcome: Outcome,
    /// `naat` or `antigen`.
    #[schemars(with = "String")]
    method: Method,
    /// When the lab received the tube, RFC 3339.
    received: String,
    /// When the lab reported, RFC 3339.
    reported: String,
    /// Name of the lab.
    institution: String,
    /// The version of the tube's result that this one corrects.
    amends: Option<u16>,
    /// Why it is corrected, or whatever the lab remarks; at most 400 bytes.
    remark: Option<String>,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/tube-results", Access::Staff(&[Role::Lab]), Class::B0, post(post_results))
        .summary("Post results of tubes; everybody in them gets theirs; idempotent by the ids of the rows")
        .takes::<Request>()
        .answers::<TubeRows>(StatusCode::OK)
}

/// A barcode of a tube.
pub(super) fn barcode(text: &str) -> Result<Barcode, Problem> {
    text.parse().map_err(|error: yimatong_model::sampling::BarcodeError| {
        Problem::field("tube", error.to_string(), "试管码为 6 到 24 位字母、数字或短横，且至少有一位数字")
    })
}

/// A remark that can be kept.
pub(super) fn remark(text: Option<String>) -> Result<Option<String>, Problem> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.len() > LONGEST_REMARK) {
        return Err(Problem::field(
            "remark",
            format!("may have at most {LONGEST_REMARK} bytes of UTF-8"),
            format!("备注最多 {LONGEST_REMARK} 字节（约 130 个汉字）"),
        ));
    }
    Ok(text)
}

async fn parse(app: &App, row: &ResultFields, staff: StaffId) -> Result<NewTubeResult, Problem> {
    let id = fields::uuid(&row.id).ok_or_else(|| Problem::field("id", "must be a UUID", "编号须为 UUID"))?;
    Ok(NewTubeResult {
        id,
        barcode: barcode(&row.tube)?,
        outcome: row.outcome,
        method: row.method,
        received: fields::time("received", &row.received)?,
        reported: fields::time("reported", &row.reported)?,
        remark: remark(row.remark.clone())?,
        institution: app.institution(&row.institution).await?,
        staff,
        amends: row.amends,
    })
}

/// Rows of one call that say different things of one tube.
fn contradiction() -> Problem {
    Problem::field(
        "outcome",
        "the call gives this tube different results: keep only the right row",
        "同一次上报中该试管有不同的结果，请只保留正确的一行",
    )
}

impl App {
    /// Posts results of tubes, a piece at a time, and lets the city know. Broken off in between, all of it is sent again.
    pub(super) async fn post_tube_results(
        &self,
        results: &[NewTubeResult],
    ) -> Result<Vec<TubeOutcome>, Problem> {
        let mut outcomes = Vec::with_capacity(results.len());
        for piece in results.chunks(TUBES_AT_ONCE) {
            let rules = Arc::clone(self.registry.rules());
            let posted = self.store.post_tube_results(piece.to_vec(), rules, self.now()).await?;
            for state in &posted.states {
                self.apply(state);
            }
            outcomes.extend(posted.rows);
        }
        Ok(outcomes)
    }
}

async fn post_results(
    State(app): State<Arc<App>>,
    staff: Staff,
    body: Body<Request>,
) -> Result<Json<TubeRows>, Problem> {
    let results = body.value.results;
    fit("results", results.len())?;
    // A row with a mistake in it speaks too: mended, it would come too late.
    let tubes: Vec<Option<Barcode>> = results.iter().map(|row| row.tube.parse().ok()).collect();
    let told = results.iter().zip(&tubes);
    let doubtful =
        contradicted(told.filter_map(|(row, tube)| Some(((tube.as_ref()?, row.amends), row.outcome))));
    let mut good = Vec::with_capacity(results.len());
    // None: the store will say.
    let mut rows = Vec::with_capacity(results.len());
    for row in results {
        let refused = match parse(&app, &row, staff.member.id).await {
            Ok(result) if doubtful.contains(&(&result.barcode, result.amends)) => {
                Some(Said::refused(&contradiction()))
            }
            Ok(result) => {
                good.push(result);
                None
            }
            // What is not the row's fault must not look final: the lab sends the batch again.
            Err(problem) if problem.code().row().0 >= 500 => return Err(problem),
            Err(problem) => Some(Said::refused(&problem)),
        };
        rows.push((row.id, row.tube, refused));
    }
    let outcomes = app.post_tube_results(&good).await?;
    let mut outcomes = outcomes.iter();
    let items = rows.into_iter().map(|(id, tube, refused)| {
        TubeRow::new(id, tube, refused.unwrap_or_else(|| Said::judged(outcomes.next())))
    });
    Ok(Json(TubeRows { items: items.collect() }))
}
