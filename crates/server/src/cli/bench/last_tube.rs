//! What is known of the people in the tube that a lab posts last: those at the first places of the city.

use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use yimatong_credential::Status;
use yimatong_model::colour::Colour;
use yimatong_model::ids::{PersonId, Slot};

use crate::app::App;

/// Tells it.
pub(super) const LAST_TUBE: &str = "/bench/last-tube";

/// How many of them are yellow where.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct LastTube {
    people: usize,
    yellow_in_registry: usize,
    with_code: usize,
    yellow_in_lists: usize,
}

impl LastTube {
    /// Registry and published status lists know of all of them.
    pub(super) fn is_current(&self) -> bool {
        self.yellow_in_registry == self.people && self.yellow_in_lists == self.with_code
    }

    /// There is somebody to look for.
    pub(super) fn has_codes(&self) -> bool {
        self.people > 0 && self.with_code > 0
    }
}

/// Adds the route, not guarded.
pub(super) fn mount(router: Router, app: &Arc<App>, people: Vec<PersonId>) -> Router {
    let app = Arc::clone(app);
    router.route(LAST_TUBE, get(move || std::future::ready(Json(look(&app, &people)))))
}

/// What gates that ask for the lists are told of a code.
pub(super) fn published(app: &App, slot: Slot) -> Option<Status> {
    let (list, index) = app.registry.board.place(slot);
    let address = app.status_list_address(list);
    let lists = app.registry.board.verified();
    lists.iter().find(|list| list.claims().uri == address)?.get(index)
}

fn look(app: &App, people: &[PersonId]) -> LastTube {
    let now = app.now();
    let mut seen = LastTube { people: people.len(), ..LastTube::default() };
    for view in people.iter().filter_map(|person| app.registry.view(*person, now)) {
        seen.yellow_in_registry += usize::from(view.decision.colour == Colour::Yellow);
        if let Some(slot) = view.entry.device_slot() {
            seen.with_code += 1;
            seen.yellow_in_lists += usize::from(published(app, slot) == Some(Status::Yellow));
        }
    }
    seen
}
