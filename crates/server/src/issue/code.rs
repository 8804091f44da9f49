//! The code of a person as the page gets it: colour and why, latest test, vaccine, and the signed credential.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_credential::{self as credential, Claims, Kind, StatusReference};
use yimatong_model::clock::badge;
use yimatong_model::colour::Colour;
use yimatong_model::ids::{PersonId, Slot};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::test_result::TestResult;
use yimatong_model::vaccination::Vaccination;

use crate::app::App;
use crate::http::route::Function;
use crate::problem::{Code as ProblemCode, Problem};
use crate::registry::View;

/// Life of a device's or relative's credential, in seconds.
pub const DEVICE_LIFETIME_S: i64 = 86_400;
/// Life of a paper code, in seconds (Xi'an: 7 days).
pub const PAPER_LIFETIME_S: i64 = 7 * 86_400;
/// Most bytes of the status list's address and the institution's name together: a presentation then fits a QR
/// code of version 15 (testdata/credential/README.md). The name is cut, the address never.
pub const ADDRESS_AND_INSTITUTION_BYTES: usize = 62;

/// A person's code.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Code {
    /// Person id, as text.
    pub person_id: String,
    /// Masked name.
    pub name: String,
    /// Last four characters of the document number.
    pub document_tail: String,
    /// `green`, `yellow` or `red`.
    pub colour: &'static str,
    /// Why, when the colour is not green.
    pub reasons: Vec<ReasonText>,
    /// Latest test result.
    pub test: Option<TestText>,
    /// Vaccination.
    pub vaccine: Option<VaccineText>,
    /// `device`, `relative` or `paper`.
    pub kind: &'static str,
    /// COSE_Sign1, base64url.
    pub credential: String,
    /// When the credential was signed.
    #[schemars(with = "String")]
    pub issued_at: Timestamp,
    /// When it ends.
    #[schemars(with = "String")]
    pub expires_at: Timestamp,
    /// The moment this answer is true for.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// Which time of a test the 24/48/72 h count from.
    pub clock_reference: &'static str,
}

/// A reason as people read it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReasonText {
    code: &'static str,
    colour: &'static str,
    text_zh: String,
    text_en: String,
    #[schemars(with = "String")]
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    until: Option<Timestamp>,
    basis_zh: String,
    basis_en: String,
    way_back_zh: String,
    way_back_en: String,
    /// Whose notice the basis is; for the entity tag.
    #[serde(skip)]
    pub(super) campaign: Option<u16>,
}

/// A test result as people read it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestText {
    #[schemars(with = "String")]
    sampled: Timestamp,
    #[schemars(with = "String")]
    received: Timestamp,
    #[schemars(with = "String")]
    reported: Timestamp,
    outcome: &'static str,
    tube: &'static str,
    method: &'static str,
    institution: String,
    /// `within-24h`, `within-48h`, `within-72h` or `older`.
    pub(super) badge: &'static str,
}

/// A vaccination as people read it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VaccineText {
    doses: u8,
    /// Day of the last dose.
    last: String,
}

/// A signed credential with its times.
#[derive(Debug, Clone)]
pub struct IssuedCredential {
    /// COSE_Sign1.
    pub bytes: Vec<u8>,
    /// Unix seconds.
    pub issued_s: i64,
    /// Unix seconds.
    pub expires_s: i64,
}

impl From<Vaccination> for VaccineText {
    fn from(vaccination: Vaccination) -> Self {
        Self { doses: vaccination.doses, last: vaccination.last.to_string() }
    }
}

impl App {
    /// Signs a credential for a slot. `device_key` is x and y of the device's P-256 point; none on paper.
    pub fn issue(
        &self,
        view: &View,
        slot: Slot,
        kind: Kind,
        device_key: Option<&[u8; 64]>,
        now: Timestamp,
    ) -> Result<IssuedCredential, Problem> {
        let issued_s = now.as_second();
        let lifetime_s = if kind == Kind::Paper { PAPER_LIFETIME_S } else { DEVICE_LIFETIME_S };
        let expires_s = issued_s + lifetime_s;
        let person = view.entry.person();
        let (list, index) = self.registry.board.place(slot);
        let cnf = device_key.map(public_key).transpose()?;
        let uri = self.status_list_address(list);
        let room = ADDRESS_AND_INSTITUTION_BYTES.saturating_sub(uri.len());
        let test = view.entry.results().next().map(|result| self.test_claim(&result, room));
        let claims = Claims {
            issuer: self.config.city.code.to_string(),
            subject: self.subjects.seal(person, &*self.random),
            issued_at_s: issued_s,
            expires_at_s: expires_s,
            device_key: cnf,
            status: StatusReference { index, uri },
            kind,
            colour: credential_colour(view.decision.colour),
            name: view.entry.masked_name().to_owned(),
            document_tail: view.entry.document_tail().to_owned(),
            test,
            vaccine: view.entry.vaccination().map(vaccine_claim),
            flags: 0,
        };
        let keys = self.signing_keys();
        let signer = keys.signer(now).map_err(|error| internal(&error))?;
        let bytes = credential::issue(&claims, &*signer.key).map_err(|error| internal(&error.into()))?;
        self.metrics.credentials_issued.inc();
        Ok(IssuedCredential { bytes, issued_s, expires_s })
    }

    fn test_claim(&self, result: &TestResult, room: usize) -> credential::Test {
        let institution = self.institutions.name(result.institution);
        let cut = (0..=room.min(institution.len()))
            .rev()
            .find(|end| institution.is_char_boundary(*end))
            .unwrap_or(0);
        credential::Test {
            sampled_s: result.sampled.as_second(),
            reported_s: result.reported.as_second(),
            outcome: credential_outcome(result.outcome),
            institution: institution[..cut].to_owned(),
        }
    }

    /// The page's view of a code.
    #[must_use]
    pub fn code(&self, view: &View, kind: Kind, issued: &IssuedCredential, now: Timestamp) -> Code {
        let reference = self.registry.rules().clock;
        let mut reasons = self.reason_texts(view, now);
        // To a case the pool says nothing more: its way back would send them to a single test that they have given.
        if view.is_case() && view.decision.colour == Colour::Red {
            reasons.retain(|reason| reason.code != ReasonCode::PooledPositive.as_str());
        }
        Code {
            person_id: view.entry.person().to_string(),
            name: view.entry.masked_name().to_owned(),
            document_tail: view.entry.document_tail().to_owned(),
            colour: view.decision.colour.as_str(),
            reasons,
            test: view.entry.results().next().map(|result| self.test_text(&result, now)),
            vaccine: view.entry.vaccination().filter(|_| self.shows_vaccine()).map(VaccineText::from),
            kind: kind_name(kind),
            credential: URL_SAFE_NO_PAD.encode(&issued.bytes),
            issued_at: at(issued.issued_s),
            expires_at: at(issued.expires_s),
            as_of: at(now.as_second()),
            clock_reference: reference.as_str(),
        }
    }

    /// Is the vaccine badge switched on?
    pub(crate) fn shows_vaccine(&self) -> bool {
        self.overload.desk.now().switches.is_on(Function::VaccineBadge)
    }

    /// The active reasons as people read them, the gravest first.
    #[must_use]
    pub fn reason_texts(&self, view: &View, now: Timestamp) -> Vec<ReasonText> {
        let rules = self.registry.rules();
        let is_active = |reason: &&Reason| view.decision.active.contains(&reason.code);
        let mut active: Vec<&Reason> = view.reasons.iter().filter(is_active).collect();
        // Of one kind that which asks for the gravest colour.
        let gravest = |reason: &&Reason| std::cmp::Reverse(rules.colour_of(reason, now));
        active.sort_by_key(|reason| (reason.code, gravest(reason)));
        active.dedup_by_key(|reason| reason.code);
        active.sort_by_key(|reason| (gravest(reason), reason.code));
        active
            .into_iter()
            .map(|reason| {
                let rule = rules.rule(reason.code);
                let giver = self.campaigns.giver_of(reason);
                // What a round gave rests on the notice of that round.
                let named = giver.as_ref().and_then(|giver| Some((giver.number, giver.basis.as_ref()?)));
                let (campaign, basis) =
                    named.map_or((None, &rule.basis), |(number, basis)| (Some(number), basis));
                ReasonText {
                    code: reason.code.as_str(),
                    colour: rules.colour_of(reason, now).as_str(),
                    text_zh: rule.text.zh.clone(),
                    text_en: rule.text.en.clone(),
                    since: reason.since,
                    until: reason.until,
                    basis_zh: basis.zh.clone(),
                    basis_en: basis.en.clone(),
                    way_back_zh: rule.way_back_text.zh.clone(),
                    way_back_en: rule.way_back_text.en.clone(),
                    campaign,
                }
            })
            .collect()
    }

    /// A result as people read it.
    #[must_use]
    pub fn test_text(&self, result: &TestResult, now: Timestamp) -> TestText {
        TestText {
            sampled: result.sampled,
            received: result.received,
            reported: result.reported,
            outcome: result.outcome.as_str(),
            tube: result.tube.as_str(),
            method: result.method.as_str(),
            institution: self.institutions.name(result.institution).to_string(),
            badge: badge(result, self.registry.rules().clock, now).as_str(),
        }
    }

    /// What is known of a person, or the problem that nobody is, or not yet.
    pub fn view(&self, person: PersonId, now: Timestamp) -> Result<View, Problem> {
        self.registry.view(person, now).ok_or_else(|| match self.registry.is_loading() {
            true => Problem::new(ProblemCode::Starting).retry_after_s(3),
            false => Problem::new(ProblemCode::NotRegistered),
        })
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("issue times are the clock's, within jiff's range")
}

/// The name of a kind in JSON.
#[must_use]
pub const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Device => "device",
        Kind::Relative => "relative",
        Kind::Paper => "paper",
    }
}

fn public_key(xy: &[u8; 64]) -> Result<credential::PublicKey, Problem> {
    credential::PublicKey::from_coordinates(&xy[..32], &xy[32..]).map_err(|error| {
        Problem::field("devicePublicKey", error.to_string(), "设备公钥无效，请刷新页面后重试")
    })
}

fn internal(error: &anyhow::Error) -> Problem {
    tracing::error!(error = format!("{error:#}"), "a credential could not be signed");
    Problem::new(ProblemCode::Internal)
}

fn credential_colour(colour: Colour) -> credential::Colour {
    match colour {
        Colour::Green => credential::Colour::Green,
        Colour::Yellow => credential::Colour::Yellow,
        Colour::Red => credential::Colour::Red,
    }
}

fn credential_outcome(outcome: yimatong_model::test_result::Outcome) -> credential::TestOutcome {
    use yimatong_model::test_result::Outcome;
    match outcome {
        Outcome::Negative => credential::TestOutcome::Negative,
        Outcome::Positive => credential::TestOutcome::Positive,
        Outcome::Indeterminate => credential::TestOutcome::Indeterminate,
        Outcome::Invalid => credential::TestOutcome::Invalid,
    }
}

fn vaccine_claim(vaccination: Vaccination) -> credential::Vaccine {
    let epoch = jiff::civil::date(1970, 1, 1);
    let days = vaccination.last.since(epoch).map_or(0, |span| span.get_days());
    credential::Vaccine { doses: vaccination.doses, last_day: days }
}
