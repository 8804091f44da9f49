//! `GET /v1/schedule`: when and where the resident and their relatives are tested, and how they stand. From memory.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::campaign::{Closing, Turn, is_isolated};
use yimatong_model::ids::PersonId;
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::rule::Text;
use yimatong_store::Relation;

use crate::app::App;
use crate::campaigns::Round;
use crate::http::guard::Resident;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;
use crate::registry::View;
use crate::routes::campaigns::text::WindowText;
use crate::routes::sampling_points::queues::QueueText;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Schedule {
    #[schemars(with = "String")]
    as_of: Timestamp,
    /// For each campaign that is approved, running or being closed: the resident, then the relatives.
    items: Vec<Item>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Item {
    number: u16,
    id: String,
    name_zh: String,
    name_en: String,
    /// `approved`, `running` or `closing`.
    state: &'static str,
    person: PersonText,
    /// Empty where the campaign does not reach the person's home, or it is not known.
    windows: Vec<WindowText>,
    /// `open` now, `from` a later moment, `over`, or `none` without windows.
    turn: &'static str,
    /// When it ends, or begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    turn_at: Option<Timestamp>,
    /// `resample` (a single sample is due before anything else, the pooled one was positive), `not-included`, `sampled`,
    /// `isolated` (can't go out, and is visited), `zone-tested`, `vaccinated`, `outside-city`, `tested`, `waiting` or `open`.
    standing: &'static str,
    /// The person has declared to be tested at work.
    at_work: bool,
    /// Something can be declared for it still.
    declarable: bool,
    notice_zh: String,
    notice_en: String,
    /// Shortly before the end of the person's window, for whoever has not been tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    reminder_zh: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reminder_en: Option<String>,
    /// Once the person was given the reason for not taking part.
    #[serde(skip_serializing_if = "Option::is_none")]
    missed_zh: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missed_en: Option<String>,
    /// The nearest points that are in use, at most five.
    points: Vec<QueueText>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PersonText {
    person_id: String,
    /// Masked name.
    name: String,
    /// What the relative is to the resident; none for the resident.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    relation: Option<Relation>,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/schedule", Access::Resident, Class::B2, get(read))
        .summary("When and where the resident and their relatives are tested, and how they stand")
        .answers::<Schedule>(StatusCode::OK)
}

async fn read(State(app): State<Arc<App>>, Resident(session): Resident) -> Result<Json<Schedule>, Problem> {
    let now = app.now();
    let relatives = app.registry.relatives_of(session.person);
    let mut people: Vec<(PersonId, Option<Relation>)> = vec![(session.person, None)];
    people.extend(relatives.iter().map(|link| (link.relative, Some(link.relation))));
    let mut items = Vec::new();
    for round in app.campaigns.rounds().iter() {
        for (person, relation) in &people {
            // A relative of another part may not have been heard of yet.
            if let Some(view) = app.registry.view(*person, now) {
                items.push(item(&app, round, &view, *relation, now));
            }
        }
    }
    Ok(Json(Schedule { as_of: now, items }))
}

fn item(app: &App, round: &Round, view: &View, relation: Option<Relation>, now: Timestamp) -> Item {
    let (person, home) = (view.entry.person(), view.entry.community());
    let campaign = round.campaign();
    let closing = app.registry.closing_of(&round.view, view, app.campaigns.declared(round, person));
    let standing = match closing {
        // Also of the round's own pool, and of a round that doesn't reach the person: nothing else matters before.
        _ if is_resample_due(view) => "resample",
        Closing::Leave(standing) => standing.as_str(),
        // Whoever can't go out is visited, also where the document spares nobody.
        Closing::Spare(_) => "isolated",
        Closing::Wait | Closing::Give if is_isolated(&view.decision.active) => "isolated",
        Closing::Wait => "waiting",
        Closing::Give => "open",
    };
    let turn = round.turn(home, now);
    let (turn_name, turn_at) = match turn {
        Some(Turn::Open(until)) => ("open", Some(until)),
        Some(Turn::From(from)) => ("from", Some(from)),
        Some(Turn::Over) => ("over", None),
        None => ("none", None),
    };
    let notices = &campaign.notices;
    let before = SignedDuration::from_hours(i64::from(notices.reminder_h));
    let ends_soon = matches!(turn, Some(Turn::Open(until)) if until.duration_since(now) <= before);
    let reminder = (standing == "open" && closing == Closing::Give && ends_soon).then_some(&notices.reminder);
    let missed = was_given(app, round, view).then_some(&notices.missed);
    let [zh, en] = [|text: &Text| text.zh.clone(), |text: &Text| text.en.clone()];
    Item {
        number: round.row.number,
        id: round.row.id.clone(),
        name_zh: campaign.name.zh.clone(),
        name_en: campaign.name.en.clone(),
        state: round.row.state.as_str(),
        person: PersonText {
            person_id: person.to_string(),
            name: view.entry.masked_name().to_owned(),
            relation,
        },
        windows: round.windows(home).iter().map(WindowText::from).collect(),
        turn: turn_name,
        turn_at,
        standing,
        at_work: app.campaigns.is_at_work(round.row.number, person),
        declarable: round.takes_declarations(),
        notice_zh: notices.start.zh.clone(),
        notice_en: notices.start.en.clone(),
        reminder_zh: reminder.map(zh),
        reminder_en: reminder.map(en),
        missed_zh: missed.map(zh),
        missed_en: missed.map(en),
        points: points(app, view),
    }
}

/// Whether a single sample is due: not any more of a case.
fn is_resample_due(view: &View) -> bool {
    view.decision.active.contains(&ReasonCode::PooledPositive) && !view.is_case()
}

/// Has the closing of this campaign given the person the reason?
fn was_given(app: &App, round: &Round, view: &View) -> bool {
    let is_own = |reason: &Reason| {
        app.campaigns.giver_of(reason).is_some_and(|giver| giver.number == round.row.number)
    };
    let mut active = view.reasons.iter().filter(|reason| view.decision.active.contains(&reason.code));
    active.any(is_own)
}

fn points(app: &App, view: &View) -> Vec<QueueText> {
    let home = view.entry.community().and_then(|community| app.communities.get(community));
    let Some(home) = home else { return Vec::new() };
    let board = app.sampling_points.read();
    let nearest = app.campaigns.nearest(home.community.code, &board);
    let known = nearest.iter().filter_map(|id| board.point(*id));
    known.map(|row| QueueText::new(row, board.load(row.id))).collect()
}
