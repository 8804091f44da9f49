//! The answer of a gate. Field names and values are those of the JSON used by the pages, the command line and
//! the vectors in `testdata/credential/`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::{Claims, Colour, Kind, Reason, TestOutcome};

/// What to do, mildest first: refuse beats check-by-hand beats allow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Let in.
    #[default]
    Allow,
    /// The machine can't tell; staff look at documents or query by ID number.
    CheckByHand,
    /// Do not let in.
    Refuse,
}

/// Where the colour comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColourSource {
    /// The city's list.
    StatusList,
    /// The credential: the colour at issue.
    Credential,
}

/// What was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictKind {
    /// The person's phone.
    Device,
    /// A relative's phone.
    Relative,
    /// Paper.
    Paper,
    /// An EU Digital COVID Certificate.
    Dcc,
}

impl From<Kind> for VerdictKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Device => Self::Device,
            Kind::Relative => Self::Relative,
            Kind::Paper => Self::Paper,
        }
    }
}

/// The latest test, as shown to the gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerdictTest {
    /// Sampled, Unix seconds.
    pub sampled: i64,
    /// Reported, Unix seconds; equal to `sampled` where a certificate does not tell.
    pub reported: i64,
    /// What it said.
    pub outcome: TestOutcome,
    /// Who tested.
    pub institution: String,
}

/// Vaccination, as shown to the gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerdictVaccine {
    /// Doses so far.
    pub doses: u8,
    /// Day of the last dose, `YYYY-MM-DD`.
    pub last: String,
}

/// How old everything used is, in seconds; `null` for what was not used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ages {
    /// Since the phone signed.
    pub presentation_s: Option<i64>,
    /// Since the credential or certificate was issued.
    pub credential_s: Option<i64>,
    /// Since the status list was issued.
    pub status_list_s: Option<i64>,
    /// Since the gate fetched its keys.
    pub keys_s: Option<i64>,
}

/// The answer. Everything about the person is there only once the issuer's signature was found good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// What to do.
    pub outcome: Outcome,
    /// Why, most severe first; empty for a plain allow.
    pub reasons: Vec<Reason>,
    /// The colour; `None` if void or not known.
    pub colour: Option<Colour>,
    /// Where the colour, or that it is void, comes from.
    pub colour_source: Option<ColourSource>,
    /// What was shown.
    pub kind: Option<VerdictKind>,
    /// Masked name (a foreign certificate: full name).
    pub name: Option<String>,
    /// Last characters of the identity document.
    pub document_tail: Option<String>,
    /// Division code of the city, or the country of a foreign certificate.
    pub issuer: Option<String>,
    /// The latest test.
    pub test: Option<VerdictTest>,
    /// Vaccination.
    pub vaccine: Option<VerdictVaccine>,
    /// How old everything is.
    pub ages: Ages,
    /// The credential's subject, base64url; for check-ins.
    pub subject: Option<String>,
}

impl Verdict {
    /// Adds a reason; the outcome only gets more severe, the reasons stay sorted and unique.
    pub(crate) fn find(&mut self, outcome: Outcome, reason: Reason) {
        self.outcome = self.outcome.max(outcome);
        if let Err(place) = self.reasons.binary_search(&reason) {
            self.reasons.insert(place, reason);
        }
    }

    /// Shows what a genuine credential says.
    pub(crate) fn show(&mut self, claims: Claims) {
        self.kind = Some(claims.kind.into());
        self.name = Some(claims.name);
        self.document_tail = Some(claims.document_tail);
        self.issuer = Some(claims.issuer);
        self.subject = Some(URL_SAFE_NO_PAD.encode(claims.subject));
        self.test = claims.test.map(|test| VerdictTest {
            sampled: test.sampled_s,
            reported: test.reported_s,
            outcome: test.outcome,
            institution: test.institution,
        });
        self.vaccine = claims
            .vaccine
            .map(|vaccine| VerdictVaccine { doses: vaccine.doses, last: date_of_day(vaccine.last_day) });
    }
}

/// `YYYY-MM-DD` of a day counted from 1970-01-01; days beyond the calendar (year 9999) show its end.
fn date_of_day(day: i32) -> String {
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    epoch.saturating_add(jiff::SignedDuration::from_hours(24 * i64::from(day))).to_string()
}
