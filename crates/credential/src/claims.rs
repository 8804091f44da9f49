//! What a credential says, and its CWT form (RFC 8392, RFC 8747, draft-ietf-oauth-status-list).

use serde::{Deserialize, Serialize};

use crate::PublicKey;

/// Who shows the credential, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The person's own phone.
    Device,
    /// The phone of a relative who shows it for a child or an elder.
    Relative,
    /// A printed sheet; no device key.
    Paper,
}

/// The colour, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// May pass.
    Green,
    /// Restricted.
    Yellow,
    /// Isolated.
    Red,
}

/// Outcome of a nucleic acid or antigen test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing found.
    Negative,
    /// Found.
    Positive,
    /// Neither; must be repeated.
    Indeterminate,
    /// The sample was unusable.
    Invalid,
}

/// The latest test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// When the sample was taken, Unix seconds.
    pub sampled_s: i64,
    /// When the result was reported, Unix seconds.
    pub reported_s: i64,
    /// What it said.
    pub outcome: Outcome,
    /// The lab's name, as the gate shows it; keep it under 24 bytes so that the QR stays small.
    pub institution: String,
}

/// The vaccination record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vaccine {
    /// Doses so far.
    pub doses: u8,
    /// The last dose, in days since 1970-01-01.
    pub last_day: i32,
}

/// Where the status of this credential is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReference {
    /// Index into the list.
    pub index: u32,
    /// URI of the list, equal to the `sub` of the list's token.
    pub uri: String,
}

/// Everything a credential says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Division code of the issuing city, six digits ("610100").
    pub issuer: String,
    /// The person, encrypted afresh at each issue so that gates can't follow anybody.
    pub subject: [u8; 16],
    /// Issued at, Unix seconds.
    pub issued_at_s: i64,
    /// Not valid at or after, Unix seconds.
    pub expires_at_s: i64,
    /// The key of the phone that may present it; `None` on paper.
    pub device_key: Option<PublicKey>,
    /// Where its status is found.
    pub status: StatusReference,
    /// Device, relative or paper.
    pub kind: Kind,
    /// The colour when it was issued.
    pub colour: Colour,
    /// Masked name (张*三).
    pub name: String,
    /// Last four characters of the identity document.
    pub document_tail: String,
    /// The latest test, if any.
    pub test: Option<Test>,
    /// Vaccination, if any.
    pub vaccine: Option<Vaccine>,
    /// Bits for later use; 0 is not written.
    pub flags: u32,
}
