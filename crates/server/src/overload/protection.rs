//! How the store is protected. Anything but ours is for drills, which show what it prevents.

use serde::{Deserialize, Serialize};

/// The protection of a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Protection {
    /// Admission control and waiting room.
    #[default]
    Ours,
    /// The usual pair of a concurrency limit and load shedding in place of ours.
    Shed,
    /// None: every request goes straight to the store's queue and is worked on whoever still waits for it.
    Off,
}

impl Protection {
    /// As the command line writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Shed => "shed",
            Self::Off => "off",
        }
    }
}
