//! Vaccination as shown on a code.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How many doses, and the day of the last one. A person without a dose has no `Vaccination`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Vaccination {
    /// Number of doses, at least 1.
    pub doses: u8,
    /// Day of the last dose.
    pub last: Date,
}
