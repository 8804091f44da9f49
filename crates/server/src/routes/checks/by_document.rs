//! A check by document number, for people without a phone and for the lane without codes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::document::Document;
use yimatong_store::Access as FileAccess;

use crate::app::App;
use crate::http::guard::Staff;
use crate::issue::code::{ReasonText, TestText, VaccineText};
use crate::problem::{Code, Problem};

/// What a check by document answers: as little as the gate needs.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonCheck {
    person_id: String,
    /// Masked name.
    name: String,
    document_tail: String,
    colour: &'static str,
    reasons: Vec<ReasonText>,
    test: Option<TestText>,
    vaccine: Option<VaccineText>,
    /// Encrypted person id for a check-in, base64url.
    subject: String,
    #[schemars(with = "String")]
    as_of: Timestamp,
}

/// Looks the person up and leaves an audit row, also when nobody is found.
pub(crate) async fn check(
    app: &App,
    staff: &Staff,
    document: &Document,
    purpose: String,
) -> Result<PersonCheck, Problem> {
    let now = app.now();
    let access = FileAccess { staff: staff.member.id, purpose, at: now };
    let person = app
        .store
        .check_person(document, access)
        .await?
        .ok_or_else(|| Problem::new(Code::NotRegistered).at("document.number"))?;
    let view = app.look_up(person, now).await?;
    Ok(PersonCheck {
        person_id: person.to_string(),
        name: view.entry.masked_name().to_owned(),
        document_tail: view.entry.document_tail().to_owned(),
        colour: view.decision.colour.as_str(),
        reasons: app.reason_texts(&view, now),
        test: view.entry.results().next().map(|result| app.test_text(&result, now)),
        vaccine: view.entry.vaccination().map(VaccineText::from),
        subject: URL_SAFE_NO_PAD.encode(app.subjects.seal(person, &*app.random)),
        as_of: now,
    })
}
