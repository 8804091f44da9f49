//! `POST /v1/test-results`: a lab posts results. Colours follow by the rules, in the same transaction.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::role::Role;
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};
use yimatong_store::NewResult;

use crate::app::App;
use crate::http::body::Body;
use crate::http::fields::{self, DocumentFields};
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::rows::{RowText, Rows, fit, merge};

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
    document: DocumentFields,
    /// RFC 3339.
    sampled: String,
    /// RFC 3339.
    received: String,
    /// RFC 3339.
    reported: String,
    /// `negative`, `positive`, `indeterminate` or `invalid`.
    #[schemars(with = "String")]
    outcome: Outcome,
    /// `single` or `pooled`.
    #[schemars(with = "String")]
    tube: Tube,
    /// `naat` or `antigen`.
    #[schemars(with = "String")]
    method: Method,
    /// Name of the lab.
    institution: String,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/test-results", Access::Staff(&[Role::Lab]), Class::B0, post(post_results))
        .summary("Post test results; colours follow by the rules; idempotent by the ids of the rows")
        .takes::<Request>()
        .answers::<Rows>(StatusCode::OK)
}

async fn parse(app: &App, row: &ResultFields, now: Timestamp) -> Result<NewResult, Problem> {
    let id = fields::uuid(&row.id).ok_or_else(|| Problem::field("id", "must be a UUID", "编号须为 UUID"))?;
    let document = row.document.parse(now)?;
    let result = TestResult {
        sampled: fields::time("sampled", &row.sampled)?,
        received: fields::time("received", &row.received)?,
        reported: fields::time("reported", &row.reported)?,
        outcome: row.outcome,
        tube: row.tube,
        method: row.method,
        institution: app.institution(&row.institution).await?,
    };
    Ok(NewResult { id, document, result })
}

async fn post_results(State(app): State<Arc<App>>, body: Body<Request>) -> Result<Json<Rows>, Problem> {
    let now = app.now();
    let results = body.value.results;
    fit("results", results.len())?;
    let mut good = Vec::with_capacity(results.len());
    let mut rows = Vec::with_capacity(results.len());
    for row in results {
        match parse(&app, &row, now).await {
            Ok(result) => {
                good.push(result);
                rows.push(RowText::waiting(row.id));
            }
            // What is not the row's fault must not look final: the lab sends the batch again.
            Err(problem) if problem.code().row().0 >= 500 => return Err(problem),
            Err(problem) => rows.push(RowText::refused(row.id, &problem)),
        }
    }
    let posted = app.store.post_results(good, Arc::clone(app.registry.rules()), now).await?;
    for state in &posted.states {
        app.apply(state);
    }
    Ok(Json(merge(rows, &posted.rows)))
}
