//! `GET /v1/results/{id}/proof`: what a printed proof of the resident's own test says, with the certificate that its QR code
//! carries: an EU test certificate signed by the city's key. Gates and everybody with that key can check it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_credential::Signer as _;
use yimatong_credential::dcc::{TestCertificate, issue_test};
use yimatong_model::test_result::{Method, Outcome};
use yimatong_store::ResultProof;

use super::text::ResultText;
use crate::app::App;
use crate::http::fields::uuid;
use crate::http::guard::Resident;
use crate::http::query::Path;
use crate::http::route::{Access, Class, Function, Route};
use crate::issue::code::PAPER_LIFETIME_S;
use crate::issue::signing_keys::SigningKey;
use crate::problem::{Code, Problem};
use crate::routes::server::describe::city_names;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Proof {
    /// Full name.
    name: String,
    masked_name: String,
    document_kind: &'static str,
    document_tail: String,
    result: ResultText,
    /// The text of the QR code, `HC1:…`; it can be checked for 7 days, then it is printed anew.
    certificate: String,
    /// Name of the certificate, the same for the same result.
    certificate_id: String,
    /// When it was signed.
    #[schemars(with = "String")]
    issued_at: Timestamp,
    city: City,
    /// `kid` of the key in `/.well-known/jwks.json`.
    key_id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct City {
    name_zh: &'static str,
    name_en: &'static str,
}

pub(crate) fn route() -> Route {
    Route::get("/v1/results/{id}/proof", Access::Resident, Class::B4, get(proof))
        .function(Function::History)
        .summary("A proof of one of the resident's own results, with a certificate to print; audited")
        .answers::<Proof>(StatusCode::OK)
}

async fn proof(
    State(app): State<Arc<App>>,
    Resident(session): Resident,
    Path(id): Path<String>,
) -> Result<Json<Proof>, Problem> {
    let now = app.now();
    let unknown = || Problem::new(Code::NotFound).because("you have no such result", "没有这条检测结果");
    let id = uuid(&id).ok_or_else(unknown)?;
    let view = app.view(session.person, now)?;
    let found = app.store.result_proof(session.person, id, now).await?.ok_or_else(unknown)?;
    let is_positive = match found.result.result.outcome {
        Outcome::Positive => true,
        Outcome::Negative => false,
        Outcome::Indeterminate | Outcome::Invalid => return Err(Problem::new(Code::NoCertificate)),
    };
    let (name_zh, name_en) = city_names(app.config.city.code);
    let keys = app.signing_keys();
    let key = keys.signer(now).map_err(|error| unsigned(&error))?;
    let certificate_id = certificate_id(app.config.city.code, &id);
    let certificate = app.certificate(&found, is_positive, (&certificate_id, name_zh), key, now)?;
    Ok(Json(Proof {
        masked_name: view.entry.masked_name().to_owned(),
        document_tail: view.entry.document_tail().to_owned(),
        document_kind: found.document_kind.as_str(),
        result: app.result_text(&found.result, now),
        certificate,
        certificate_id,
        issued_at: now,
        city: City { name_zh, name_en },
        key_id: URL_SAFE_NO_PAD.encode(key.key.kid()),
        name: found.name,
    }))
}

impl App {
    fn certificate(
        &self,
        found: &ResultProof,
        is_positive: bool,
        (id, issuer): (&str, &str),
        key: &SigningKey,
        now: Timestamp,
    ) -> Result<String, Problem> {
        let result = &found.result.result;
        let certificate = TestCertificate {
            name: &found.name,
            latin_name: &latin_name(&found.name),
            birth_date: found.birth_date,
            sampled: result.sampled,
            is_positive,
            is_nucleic_acid: result.method == Method::Naat,
            institution: &self.institutions.name(result.institution),
            issuer,
            id,
            issued_s: now.as_second(),
            // As long as a key that signs no more is published.
            expires_s: now.as_second() + PAPER_LIFETIME_S,
        };
        issue_test(&certificate, &*key.key).map_err(|error| unsigned(&error.into()))
    }
}

fn unsigned(error: &anyhow::Error) -> Problem {
    tracing::error!(error = format!("{error:#}"), "a test certificate could not be signed");
    Problem::new(Code::Internal)
}

fn certificate_id(city: u32, id: &[u8; 16]) -> String {
    let hex: String = id.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("{city}/{hex}")
}

/// The name as in the machine-readable lines of a passport (ICAO 9303), where the document has it in Latin letters; else empty.
fn latin_name(name: &str) -> String {
    if !name.is_ascii() {
        return String::new();
    }
    let words = name.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_uppercase).collect::<Vec<_>>().join("<")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_in_latin_letters_is_written_as_a_passport_does() {
        assert_eq!(latin_name("Anna-Maria  O'Neil"), "ANNA<MARIA<O<NEIL");
        assert_eq!(latin_name("王建国"), "");
    }

    #[test]
    fn the_certificate_of_a_result_is_named_after_it() {
        assert_eq!(certificate_id(610_100, &[0xab; 16]), format!("610100/{}", "AB".repeat(16)));
    }
}
