//! `GET /v1/staff/me`: who am I.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::get;

use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::routes::staff::StaffText;

pub(crate) fn route() -> Route {
    Route::get("/v1/staff/me", Access::AnyStaff, Class::B2, get(me))
        .summary("The signed-in member of staff")
        .answers::<StaffText>(StatusCode::OK)
}

async fn me(staff: Staff) -> Json<StaffText> {
    Json(StaffText::from(&*staff.member))
}
