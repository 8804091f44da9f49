//! `GET /v1/tubes/overdue`: tubes that wait too long where they are, longest first, with who has them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::role::Role;
use yimatong_store::{Overdue, OverdueTube, TubeOwner};

use crate::app::App;
use crate::http::fields::PageQuery;
use crate::http::query::Query;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};

/// Longest wait that can be asked for: a week.
const MOST_HOURS: u16 = 168;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// `unpacked`, `in-transit`, `without-result` or `received-unsent`.
    #[schemars(with = "String")]
    kind: Kind,
    /// Only what waits longer than this, 0 to 168; 4 when not given.
    #[serde(default = "four")]
    hours: u16,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
    /// Rows per page, 1 to 200; 50 when not given.
    limit: Option<u16>,
}

const fn four() -> u16 {
    4
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Unpacked,
    InTransit,
    WithoutResult,
    ReceivedUnsent,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Tubes {
    items: Vec<LateText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A tube that is late.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LateText {
    /// Its barcode.
    tube: String,
    /// The last box it was packed into.
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    in_box: Option<String>,
    owner: OwnerText,
    /// Since when it waits where it is.
    #[schemars(with = "String")]
    since: Timestamp,
    /// The same in seconds.
    age_s: i64,
    /// People in it who wait for a result, as far as is known.
    people: u32,
}

/// Who has a tube.
#[derive(Debug, Serialize, JsonSchema)]
struct OwnerText {
    /// `point`, `courier`, `lab` or `unknown`.
    kind: &'static str,
    /// Name of the point, of the courier, or of the account at the lab; empty when nobody has told.
    name: String,
}

pub(crate) fn route() -> Route {
    let roles = &[Role::Sampler, Role::Lab, Role::CommunityWorker, Role::Headquarters];
    Route::get("/v1/tubes/overdue", Access::Staff(roles), Class::B0, get(list))
        .summary(
            "Tubes that are late, lost, or received without being sent, longest first, with who has them",
        )
        .asks::<Parameters>()
        .answers::<Tubes>(StatusCode::OK)
}

async fn list(State(app): State<Arc<App>>, Query(asked): Query<Parameters>) -> Result<Json<Tubes>, Problem> {
    if asked.hours > MOST_HOURS {
        return Err(Problem::new(Code::InvalidParameter)
            .at("hours")
            .because(format!("hours must be 0 to {MOST_HOURS}"), format!("hours 须为 0 到 {MOST_HOURS}")));
    }
    let now = app.now();
    let kind = match asked.kind {
        Kind::Unpacked => Overdue::Unpacked,
        Kind::InTransit => Overdue::InTransit,
        Kind::WithoutResult => Overdue::WithoutResult,
        Kind::ReceivedUnsent => Overdue::ReceivedUnsent,
    };
    let waited = SignedDuration::from_hours(i64::from(asked.hours));
    let before = now.saturating_sub(waited).unwrap_or(now);
    let page = PageQuery { query: String::new(), cursor: asked.cursor, limit: asked.limit };
    let limit = page.limit()?;
    let page = app.store.overdue_tubes(kind, before, page.cursor, limit).await?;
    let items = page.items.into_iter().map(|tube| app.late_text(tube, now)).collect();
    Ok(Json(Tubes { items, next_cursor: page.next }))
}

impl App {
    fn late_text(&self, tube: OverdueTube, now: Timestamp) -> LateText {
        let (kind, name) = match tube.owner {
            TubeOwner::Point(point) => {
                ("point", self.sampling_points.name(point).unwrap_or_else(|| point.to_string()))
            }
            TubeOwner::Courier { courier, .. } => ("courier", courier),
            TubeOwner::Lab(staff) => ("lab", self.staff_name(staff)),
            TubeOwner::Unknown => ("unknown", String::new()),
        };
        LateText {
            tube: tube.barcode.to_string(),
            in_box: tube.in_box.map(String::from),
            owner: OwnerText { kind, name },
            since: tube.since,
            age_s: now.duration_since(tube.since).as_secs(),
            people: tube.people,
        }
    }
}
