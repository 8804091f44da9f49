//! `POST /v1/check-ins`: a gate sends what it decided, maybe hours later; each row counts once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::ids::{PersonId, StaffId, VenueId};
use yimatong_model::role::Role;
use yimatong_store::{CheckIn, GateOutcome};

use crate::app::App;
use crate::http::body::Body;
use crate::http::fields;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};
use crate::routes::rows::{RowText, Rows, fit, merge};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    venue_id: u32,
    /// At most 1,000.
    check_ins: Vec<CheckInFields>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CheckInFields {
    /// A UUID made by the gate.
    id: String,
    /// RFC 3339, by the gate's clock.
    at: String,
    /// Subject of the credential, base64url of 16 bytes.
    subject: String,
    /// `allow`, `refuse` or `check-by-hand`.
    #[schemars(with = "String")]
    outcome: GateOutcome,
}

pub(crate) fn route() -> Route {
    let roles = &[Role::Verifier, Role::CommunityWorker];
    Route::post("/v1/check-ins", Access::Staff(roles), Class::B0, post(record))
        .summary("Record check-ins of a venue; idempotent by the ids of the rows")
        .takes::<Request>()
        .answers::<Rows>(StatusCode::OK)
}

/// The person that a row's subject stands for.
fn person_of(app: &App, row: &CheckInFields) -> Option<PersonId> {
    let mut subject = [0; 16];
    let length = URL_SAFE_NO_PAD.decode_slice(&row.subject, &mut subject).ok()?;
    app.subjects.open(&subject).filter(|_| length == 16)
}

const UNKNOWN: &str = "unknown-person";

/// One row, or why it can't be taken.
fn parse(app: &App, row: &CheckInFields, staff: StaffId) -> Result<CheckIn, &'static str> {
    let id = fields::uuid(&row.id).ok_or("invalid-id")?;
    let at: Timestamp = row.at.parse().map_err(|_| "invalid-time")?;
    let person = person_of(app, row).ok_or("invalid-subject")?;
    // Who is of another part is not asked for: a made-up subject names nobody, and a row of nobody is of no use to anybody.
    if app.registry.part().holds(person) && app.registry.entry(person).is_none() {
        return Err(UNKNOWN);
    }
    Ok(CheckIn { id, person, at, outcome: row.outcome, staff: Some(staff) })
}

async fn record(
    State(app): State<Arc<App>>,
    staff: Staff,
    body: Body<Request>,
) -> Result<Json<Rows>, Problem> {
    let Request { venue_id, check_ins } = body.value;
    if staff.member.venue.is_some_and(|own| own != VenueId(venue_id)) {
        return Err(Problem::new(Code::NotAllowed)
            .at("venueId")
            .because("this account belongs to another venue", "该账号只能为所属场所登记"));
    }
    fit("checkIns", check_ins.len())?;
    app.hear_of(check_ins.iter().filter_map(|row| person_of(&app, row))).await?;
    let mut good = Vec::with_capacity(check_ins.len());
    let mut rows = Vec::with_capacity(check_ins.len());
    for row in check_ins {
        match parse(&app, &row, staff.member.id) {
            Ok(check_in) => {
                good.push(check_in);
                rows.push(RowText::waiting(row.id));
            }
            // Of a row that is rejected the gate lets go for good.
            Err(UNKNOWN) if app.registry.is_loading() => {
                return Err(Problem::new(Code::Starting).retry_after_s(3));
            }
            Err(problem) => rows.push(RowText::rejected(row.id, problem)),
        }
    }
    let outcomes = app.store.record_check_ins(VenueId(venue_id), good, app.now()).await?;
    Ok(Json(merge(rows, &outcomes)))
}
