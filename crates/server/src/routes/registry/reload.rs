//! `POST /v1/registry/reload`: the city is read anew from the store; codes are shown meanwhile.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use yimatong_model::role::Role;
use yimatong_store::AuditEntry;

use crate::app::App;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

pub(crate) fn route() -> Route {
    Route::post("/v1/registry/reload", Access::Staff(&[Role::Operator]), Class::B0, post(reload))
        .summary("Read the city anew from the store on this node; audited")
        .answers_nothing()
}

async fn reload(State(app): State<Arc<App>>, staff: Staff) -> Result<StatusCode, Problem> {
    app.store
        .append_audit(AuditEntry {
            at: app.now(),
            staff: Some(staff.member.id),
            action: "reload-registry".to_owned(),
            subject: None,
            purpose: None,
        })
        .await?;
    if !app.registry.is_loading() {
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            match app.reload_registry().await {
                Ok(people) => tracing::info!(people, "the city was read anew"),
                Err(error) => tracing::error!(error = format!("{error:#}"), "the city was not read anew"),
            }
        });
    }
    Ok(StatusCode::NO_CONTENT)
}
