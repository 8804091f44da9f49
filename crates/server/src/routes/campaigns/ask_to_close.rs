//! `POST /v1/campaigns/{n}/ask-to-close`: asks for the closing, with what the server counts now.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use yimatong_model::role::Role;
use yimatong_store::{CampaignChange, CampaignState};

use super::steps::Seen;
use super::{Change, change, follow};
use crate::app::App;
use crate::http::body::Body;
use crate::http::fields::shown;
use crate::http::guard::Staff;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};
use crate::routes::campaigns::text::CampaignFileText;

pub(crate) fn route() -> Route {
    let access = Access::Staff(&[Role::Headquarters]);
    Route::post("/v1/campaigns/{n}/ask-to-close", access, Class::B0, post(ask))
        .summary("Ask for the closing of a running campaign; the server counts whom it would colour. Again: other counts")
        .takes::<Seen>()
        .answers::<CampaignFileText>(StatusCode::OK)
}

async fn ask(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(number): Path<u16>,
    body: Body<Seen>,
) -> Result<Json<CampaignFileText>, Problem> {
    let Body { value: Seen { version, remark }, idempotency } = body;
    app.need_whole_city()?;
    // Another node may have refined the windows a moment ago, and the version that was seen may be that.
    follow(&app).await;
    let round = app.round(number).await?;
    let (ends, now) = (round.view.ends(), app.now());
    if let Some(ends) = ends.filter(|ends| *ends > now && round.row.state == CampaignState::Running) {
        let ends = shown(ends);
        return Err(Problem::new(Code::OutOfTurn).because(
            format!(
                "somebody's window is open until {ends} (city time): wait until then, or refine the windows"
            ),
            format!("仍有检测时段到 {ends} 才结束，请等待结束，或先调整检测时间"),
        ));
    }
    let counts = app.closing_counts(number).await?;
    let most_given = counts.most_given;
    let what = CampaignChange::AskToClose { counts: counts.text()?, most_given };
    Ok(Json(change(&app, &staff, Change { number, version, remark, change: what, idempotency }).await?))
}
