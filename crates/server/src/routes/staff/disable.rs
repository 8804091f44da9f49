//! `POST /v1/staff/{id}/disable`: an operator disables an account; its sessions end at once.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use yimatong_model::ids::StaffId;
use yimatong_model::role::Role;

use crate::app::App;
use crate::auth::staff::StaffMember;
use crate::http::guard::Staff;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::routes::staff::to_the_end;

pub(crate) fn route() -> Route {
    Route::post("/v1/staff/{id}/disable", Access::Staff(&[Role::Operator]), Class::B0, post(disable))
        .summary("Disable a staff account; its sessions end at once")
        .answers_nothing()
}

async fn disable(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<u32>,
) -> Result<StatusCode, Problem> {
    let now = app.now();
    let id = StaffId(id);
    if id == staff.member.id {
        return Err(Problem::field(
            "id",
            "is your own account; another operator has to do it",
            "不能停用自己的账号",
        ));
    }
    let by = Some(staff.member.id);
    to_the_end(async move {
        app.store.set_staff_disabled(id, true, by, now).await?;
        if let Some(member) = app.staff.get(id) {
            app.staff.put(StaffMember { disabled: true, ..(*member).clone() });
        }
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
