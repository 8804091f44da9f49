//! The router: every route of the table behind its guard, and the pages for everything else.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;

use crate::app::App;
use crate::http::front::{Front, Shortcut};
use crate::http::guard::{Guard, guard};
use crate::http::route::Route;
use crate::problem::{Code, Problem};
use crate::{routes, web};

/// Builds the site of a server: all its routes, those answered at once before the others.
pub fn router(app: &Arc<App>) -> Front {
    with_shortcuts(app, all_routes(app))
}

/// Every route of the table, as one router.
pub(crate) fn all_routes(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for route in routes::table() {
        let state = guard_of(app, &route);
        router = router.route(route.path, route.handler.layer(from_fn_with_state(state, guard)));
    }
    router
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed))
        .fallback(web::page)
        .layer(DefaultBodyLimit::max(app.config.server.max_body_bytes))
        .with_state(Arc::clone(app))
}

/// Puts the routes that are answered at once before a router.
pub(crate) fn with_shortcuts(app: &Arc<App>, router: Router) -> Front {
    let shortcut = |route: Route| {
        Some(Shortcut { path: route.path, guard: guard_of(app, &route), answer: route.at_once? })
    };
    Front::new(routes::table().into_iter().filter_map(shortcut), router)
}

fn guard_of(app: &Arc<App>, route: &Route) -> Guard {
    let metrics = app.metrics.route(route.method.name(), route.path);
    Guard { app: Arc::clone(app), access: route.access, metrics }
}
