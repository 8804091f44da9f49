//! The router: every route of the table behind its guard, and the pages for everything else.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;

use crate::app::App;
use crate::http::guard::{Guard, guard};
use crate::problem::{Code, Problem};
use crate::{routes, web};

/// Builds the router of a server.
pub fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for route in routes::table() {
        let metrics = app.metrics.route(route.method.name(), route.path);
        let state = Guard { app: Arc::clone(app), access: route.access, metrics };
        router = router.route(route.path, route.handler.layer(from_fn_with_state(state, guard)));
    }
    router
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed))
        .fallback(web::page)
        .layer(DefaultBodyLimit::max(app.config.server.max_body_bytes))
        .with_state(Arc::clone(app))
}
