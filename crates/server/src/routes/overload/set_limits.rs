//! `POST /v1/overload/settings`: operators set the limits of admission control.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Map, Value};
use yimatong_model::role::Role;
use yimatong_overload::Settings;
use yimatong_store::OperationsChange;

use crate::app::App;
use crate::http::body::Body;
use crate::http::guard::Staff;
use crate::http::route::{Access, Class, Route};
use crate::problem::Problem;

pub(crate) fn route() -> Route {
    Route::post("/v1/overload/settings", Access::Staff(&[Role::Operator]), Class::B0, post(set_limits))
        .summary(
            "Set the limits of admission control on every node; parts left out get their defaults; audited",
        )
        .takes::<Settings>()
        .answers::<Settings>(StatusCode::OK)
}

async fn set_limits(
    State(app): State<Arc<App>>,
    staff: Staff,
    body: Body<Settings>,
) -> Result<Json<Settings>, Problem> {
    let settings = body.value;
    settings.check().map_err(|error| {
        Problem::field(error.field, format!("must be {}", error.must_be), format!("须为 {}", error.must_be))
    })?;
    let text = serde_json::to_string(&settings).expect("numbers always serialise");
    let before = app.overload.desk.now().settings;
    let what = differences(&before, &settings);
    super::change(&app, &staff, OperationsChange::Settings(text), "change-limits", &what).await?;
    Ok(Json(settings))
}

/// What is different, as `admission.holdMs 3000 -> 2000`, for the audit log.
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
    fn the_audit_log_tells_what_was_changed_from_what_to_what() {
        let before = Settings::default();
        let mut after = before;
        assert_eq!(differences(&before, &after), "nothing changed");
        after.admission.hold_ms = 2_000;
        after.rates.device.burst = 5.0;
        assert_eq!(
            differences(&before, &after),
            "admission.holdMs 3000 -> 2000, rates.device.burst 20.0 -> 5.0"
        );
    }
}
