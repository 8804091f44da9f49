//! What a venue asks for at its door.

use serde::{Deserialize, Serialize};

/// The venue's rule; missing members take the defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct VenueRule {
    /// A negative test at most this many hours old; `None`: no test needed.
    pub require_negative_within_h: Option<u32>,
    /// From when those hours count.
    pub test_reference: TestReference,
    /// What happens to yellow.
    pub yellow: YellowRule,
    /// Oldest status list relied upon, seconds.
    pub max_status_age_s: i64,
    /// What a foreign certificate must prove.
    pub foreign_proof: ForeignProof,
}

impl Default for VenueRule {
    fn default() -> Self {
        Self {
            require_negative_within_h: None,
            test_reference: TestReference::Sampled,
            yellow: YellowRule::Refuse,
            max_status_age_s: 86_400,
            foreign_proof: ForeignProof::Genuine,
        }
    }
}

/// Which time of a test counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestReference {
    /// When the sample was taken.
    Sampled,
    /// When the result was reported.
    Reported,
}

/// What happens to yellow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum YellowRule {
    /// Not admitted.
    Refuse,
    /// Staff decide.
    CheckByHand,
}

/// What a foreign certificate must prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForeignProof {
    /// That it is genuine and in force.
    Genuine,
    /// A negative test at most 48 h after sampling.
    Negative,
}
