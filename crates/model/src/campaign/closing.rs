//! What becomes of a person when a campaign is closed.

use serde::{Deserialize, Serialize};

use super::{Campaign, Facts, Standing, ZoneLevel};
use crate::reason::ReasonCode;

/// Who is not coloured although they did not take part: they can't go out to be tested (rule of August 2021).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spared {
    /// People of sealed zones.
    SealedZone,
    /// People in isolation: cases and their close and secondary contacts, and whoever waits at home after a positive single
    /// test.
    Isolation,
}

/// What closing does to one person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Closing {
    /// Nothing: the person took part, was exempt, or is not of this campaign.
    Leave(Standing),
    /// Nothing, although the person did not take part.
    Spare(Spared),
    /// Nothing yet: a declaration waits to be looked at.
    Wait,
    /// The reason of the campaign is given.
    Give,
}

/// People with these reasons stay where they are: in isolation, or until a single sample is taken there.
const ISOLATED: [ReasonCode; 7] = [
    ReasonCode::Confirmed,
    ReasonCode::Asymptomatic,
    ReasonCode::Suspected,
    ReasonCode::SinglePositive,
    ReasonCode::PooledPositive,
    ReasonCode::CloseContact,
    ReasonCode::SecondaryContact,
];

/// Does a person with these reasons stay where they are, so that a sample is taken there?
#[must_use]
pub fn is_isolated(reasons: &[ReasonCode]) -> bool {
    reasons.iter().any(|reason| ISOLATED.contains(reason))
}

impl Campaign {
    /// What closing does to a person.
    #[must_use]
    pub fn closing(&self, facts: &Facts<'_>) -> Closing {
        match self.standing(facts) {
            Standing::Waiting => return Closing::Wait,
            Standing::Open => {}
            standing => return Closing::Leave(standing),
        }
        let spared = self.consequence.spared.iter().find(|spared| match spared {
            Spared::SealedZone => facts.zone == Some(ZoneLevel::Sealed),
            Spared::Isolation => is_isolated(facts.reasons),
        });
        spared.map_or(Closing::Give, |spared| Closing::Spare(*spared))
    }
}
