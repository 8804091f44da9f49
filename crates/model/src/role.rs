//! What a member of staff may be. Residents are not staff and have no role.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The role of a member of staff; each has one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Checks codes at a gate.
    Verifier,
    /// Takes samples and binds people to tubes.
    Sampler,
    /// Receives tubes and posts results.
    Lab,
    /// Looks after the people of a community.
    CommunityWorker,
    /// Investigates cases and contacts.
    Tracer,
    /// Decides on campaigns, zones and colours.
    Headquarters,
    /// Second person for mass or manual decisions, and for exit permits.
    Approver,
    /// Answers the 12345 hotline.
    HotlineAgent,
    /// Runs the system and its accounts; sees no personal files.
    Operator,
    /// Reads the logs of everybody else.
    Auditor,
}

impl Role {
    /// Every role, in the order of the declaration.
    pub const ALL: [Self; 10] = [
        Self::Verifier,
        Self::Sampler,
        Self::Lab,
        Self::CommunityWorker,
        Self::Tracer,
        Self::Headquarters,
        Self::Approver,
        Self::HotlineAgent,
        Self::Operator,
        Self::Auditor,
    ];

    /// The stable kebab-case name, as in JSON and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verifier => "verifier",
            Self::Sampler => "sampler",
            Self::Lab => "lab",
            Self::CommunityWorker => "community-worker",
            Self::Tracer => "tracer",
            Self::Headquarters => "headquarters",
            Self::Approver => "approver",
            Self::HotlineAgent => "hotline-agent",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }

    /// The role of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_every_role_is_the_same_in_json_and_in_the_store() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
            assert_eq!(Role::from_name(role.as_str()), Some(role));
        }
        assert_eq!(Role::from_name("resident"), None);
    }
}
