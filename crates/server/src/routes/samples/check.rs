//! `POST /v1/samples/check`: at the table, before the swab: who is it, and were they sampled in this round? From memory.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::PersonId;
use yimatong_model::reason::ReasonCode;
use yimatong_model::role::Role;

use super::person::{PersonFields, Whose};
use crate::app::App;
use crate::http::body::Body;
use crate::http::route::{Access, Class, Route};
use crate::overload::never_needed_store;
use crate::problem::{Code, Problem};
use crate::registry::View;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Request {
    /// Number of the round; none outside of one.
    campaign: Option<u16>,
    person: PersonFields,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Answer {
    /// Is anybody registered with this?
    known: bool,
    /// Masked name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_tail: Option<String>,
    /// `green`, `yellow` or `red`.
    #[serde(skip_serializing_if = "Option::is_none")]
    colour: Option<&'static str>,
    /// `sampled` in the round, `open`, or `none` when no round was asked for.
    standing: &'static str,
    /// The person needs a single tube: a pooled one was positive.
    needs_single: bool,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/samples/check", Access::Staff(&[Role::Sampler]), Class::B0, post(check))
        .summary("Who is it, and were they sampled in this round? Nobody known is an answer, too")
        .takes::<Request>()
        .answers::<Answer>(StatusCode::OK)
}

async fn check(State(app): State<Arc<App>>, body: Body<Request>) -> Result<Json<Answer>, Problem> {
    let now = app.now();
    let Request { campaign, person } = body.value;
    let found = match person.parse(&app, now)? {
        Whose::Person(person) => view(&app, person, now).await?,
        Whose::Document(document, _) => {
            let view = view(&app, app.keyring.likely_person(&document), now).await?;
            // Whose document begins alike is somebody else.
            view.filter(|view| view.entry.document_tail() == document.tail())
        }
    };
    let is_sampled = match (&found, campaign) {
        (Some(view), Some(campaign)) => app.is_sampled(view.entry.person(), campaign).await?,
        _ => false,
    };
    let standing = match campaign {
        None => "none",
        Some(_) if is_sampled => "sampled",
        Some(_) => "open",
    };
    let needs_single =
        found.as_ref().is_some_and(|view| view.decision.active.contains(&ReasonCode::PooledPositive));
    Ok(Json(Answer {
        known: found.is_some(),
        name: found.as_ref().map(|view| view.entry.masked_name().to_owned()),
        document_tail: found.as_ref().map(|view| view.entry.document_tail().to_owned()),
        colour: found.as_ref().map(|view| view.decision.colour.as_str()),
        standing,
        needs_single,
    }))
}

/// What is known of somebody; the store is asked only for whom this node has never heard of.
async fn view(app: &App, person: PersonId, now: Timestamp) -> Result<Option<View>, Problem> {
    if let Some(view) = app.registry.view(person, now) {
        never_needed_store();
        return Ok(Some(view));
    }
    match app.look_up(person, now).await {
        Ok(view) => Ok(Some(view)),
        Err(problem) if problem.code() == Code::NotRegistered => Ok(None),
        Err(problem) => Err(problem),
    }
}
