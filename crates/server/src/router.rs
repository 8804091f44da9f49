//! The router: every route of the table behind its guard, and the pages for everything else.

use std::sync::Arc;

use axum::error_handling::HandleErrorLayer;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::{BoxError, Router};
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;

use crate::app::App;
use crate::http::front::{Front, Shortcut};
use crate::http::guard::{Guard, guard};
use crate::http::route::{Class, Route};
use crate::overload::Protection;
use crate::problem::{Code, Problem};
use crate::{routes, web};

/// Requests at the store under [`Protection::Shed`]: as many as ours begins with.
const SHED_LIMIT: usize = 16;

const METRICS: &str = "/metrics";
/// What the listener of `server.admin_listen` answers.
const ADMIN: [&str; 3] = ["/healthz", "/readyz", METRICS];

/// Builds the site of a server: all its routes, those answered at once before the others.
pub fn router(app: &Arc<App>) -> Front {
    with_shortcuts(app, all_routes(app))
}

/// Every route of the table, as one router.
pub(crate) fn all_routes(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    let shed = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(async |_: BoxError| Problem::new(Code::Busy).retry_after_s(1)))
        .layer(LoadShedLayer::new())
        .layer(GlobalConcurrencyLimitLayer::new(SHED_LIMIT));
    let has_admin = app.config.server.admin_listen.is_some();
    for route in routes::table().into_iter().filter(|route| !(has_admin && route.path == METRICS)) {
        let state = guard_of(app, &route);
        let mut handler = route.handler;
        if app.overload.protection == Protection::Shed && route.terms.class != Class::B2 {
            handler = handler.layer(shed.clone());
        }
        router = router.route(route.path, handler.layer(from_fn_with_state(state, guard)));
    }
    router
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed))
        .fallback(web::page)
        .layer(DefaultBodyLimit::max(app.config.server.max_body_bytes))
        .with_state(Arc::clone(app))
}

/// Probes and metrics, for a listener of their own.
pub fn admin(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for route in routes::table().into_iter().filter(|route| ADMIN.contains(&route.path)) {
        let state = guard_of(app, &route);
        router = router.route(route.path, route.handler.layer(from_fn_with_state(state, guard)));
    }
    router.fallback(async || Problem::new(Code::NotFound)).with_state(Arc::clone(app))
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
    Guard { app: Arc::clone(app), access: route.access, terms: route.terms, metrics }
}
