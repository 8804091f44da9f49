//! `POST /v1/overload/settings`: operators set the limits of admission control.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::routing::post;
use serde_json::{Map, Value};
use yimatong_model::role::Role;
use yimatong_overload::Settings;
use yimatong_store::{Conflict, OperationsChange, StoreError};

use crate::app::App;
use crate::http::body::Body;
use crate::http::etag::is_meant;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::overload::operations::Standing;
use crate::problem::Problem;

/// A change is tried so often on top of what others change at the same moment.
const MOST_TRIES: usize = 8;

pub(crate) fn route() -> Route {
    Route::post("/v1/overload/settings", Access::Staff(&[Role::Operator]), Class::B0, post(set_limits))
        .summary(
            "Set the limits of admission control on every node; parts left out get their defaults; with If-Match only if they \
             still are what that says; audited",
        )
        .takes::<Settings>()
        .answers::<Settings>(StatusCode::OK)
}

async fn set_limits(
    State(app): State<Arc<App>>,
    staff: Staff,
    headers: HeaderMap,
    body: Body<Settings>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Settings>), Problem> {
    let settings = body.value;
    settings.check().map_err(|error| {
        let (en, zh) = (format!("must be {}", error.must_be), format!("须为{}", in_chinese(error.must_be)));
        Problem::field(error.field, en, zh)
    })?;
    let text = serde_json::to_string(&settings).expect("numbers always serialise");
    for _ in 0..MOST_TRIES {
        // With what another node has taken meanwhile.
        app.follow_operations().await?;
        let standing = app.overload.desk.now();
        if !is_meant(&headers, &tag(&standing)) {
            break;
        }
        let (change, version) = (OperationsChange::Settings(text.clone()), Some(standing.version));
        let what = differences(&standing.settings, &settings);
        match super::change(&app, &staff, change, version, "change-limits", &what).await {
            // Perhaps it was only a switch or a notice.
            Err(StoreError::Conflict(Conflict::ChangedMeanwhile)) => {}
            changed => {
                changed?;
                let etag = tag(&Standing { settings, ..Standing::default() });
                return Ok(([(header::ETAG, etag)], Json(settings)));
            }
        }
    }
    Err(StoreError::Conflict(Conflict::ChangedMeanwhile).into())
}

fn tag(standing: &Standing) -> HeaderValue {
    HeaderValue::try_from(standing.settings_tag()).expect("digits fit a header")
}

/// What a limit must be, in Chinese: ranges are numbers or names with "to" between them.
fn in_chinese(must_be: &str) -> String {
    match must_be {
        "five numbers of 0 to 1 with a sum of at most 1" => "五个 0 到 1 的数，合计不超过 1".to_owned(),
        "perS above 0 and burst at least 1, both at most 1,000,000,000" => {
            "长期速率大于 0，短时间内最多不小于 1，都不超过 1,000,000,000".to_owned()
        }
        range => {
            let named =
                range.replace("fewestPermits", "“最少同时处理”").replace("mostPermits", "“最多同时处理”");
            format!(" {}", named.replace(" to ", " 到 "))
        }
    }
}

/// What is different, as `admission.holdMs 180 -> 2000`, for the audit log.
fn differences(before: &Settings, after: &Settings) -> String {
    let [before, after] = [before, after].map(|settings| {
        let mut flat = Map::new();
        flatten("", &serde_json::to_value(settings).unwrap_or_default(), &mut flat);
        flat
    });
    let changed = after.iter().filter(|(path, value)| before.get(*path) != Some(value));
    let told = |(path, value): (&String, &Value)| {
        format!("{path} {} -> {value}", before.get(path).unwrap_or(&Value::Null))
    };
    let changed: Vec<String> = changed.map(told).collect();
    if changed.is_empty() { "nothing changed".to_owned() } else { changed.join(", ") }
}

fn flatten(path: &str, value: &Value, flat: &mut Map<String, Value>) {
    if let Value::Object(parts) = value {
        for (name, part) in parts {
            let dot = if path.is_empty() { "" } else { "." };
            flatten(&format!("{path}{dot}{name}"), part, flat);
        }
    } else {
        flat.insert(path.to_owned(), value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_limit_must_be_is_said_in_chinese_without_english_words() {
        let mut wrong = vec![];
        let mut with = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            wrong.push(settings.check().unwrap_err());
        };
        with(|settings| settings.admission.fewest_permits = 0);
        with(|settings| settings.admission.most_permits = 1);
        with(|settings| settings.admission.first_permits = 1);
        with(|settings| settings.admission.queue_ms = 0);
        with(|settings| settings.admission.shares[0] = 2.0);
        with(|settings| settings.admission.retry_share = 2.0);
        with(|settings| settings.room.claim_s = 1);
        with(|settings| settings.room.polls_per_s = 0.0);
        with(|settings| settings.rates.device.per_s = 0.0);
        for error in wrong {
            let said = in_chinese(error.must_be);
            assert!(!said.contains(|letter: char| letter.is_ascii_alphabetic()), "{said}");
        }
        assert_eq!(in_chinese("1 to 10000"), " 1 到 10000");
    }

    #[test]
    fn the_audit_log_tells_what_was_changed_from_what_to_what() {
        let before = Settings::default();
        let mut after = before;
        assert_eq!(differences(&before, &after), "nothing changed");
        after.admission.hold_ms = 2_000;
        after.rates.device.burst = 5.0;
        assert_eq!(
            differences(&before, &after),
            "admission.holdMs 180 -> 2000, rates.device.burst 20.0 -> 5.0"
        );
    }
}
