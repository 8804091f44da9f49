//! What operators can set while the server runs.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A setting that can't be: which one, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be {must_be}")]
pub struct SettingsError {
    /// Path of the field, such as `admission.mostPermits`.
    pub field: &'static str,
    /// What is allowed.
    pub must_be: &'static str,
}

/// All settings of admission control.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Settings {
    /// Permits and queues.
    pub admission: AdmissionSettings,
    /// The waiting room.
    pub room: RoomSettings,
    /// Requests by device and address.
    pub rates: RateSettings,
}

/// Permits in front of the store, and the queues for them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AdmissionSettings {
    /// Permits at start.
    pub first_permits: u32,
    /// Fewest permits.
    pub fewest_permits: u32,
    /// Most permits.
    pub most_permits: u32,
    /// A queue holds what the capacity estimate finishes in this time, in milliseconds.
    pub queue_ms: u32,
    /// Longest wait in a queue, in milliseconds; a deadline may end it sooner.
    pub longest_wait_ms: u32,
    /// Longest wait of a new flow whose turn has come, in milliseconds.
    pub hold_ms: u32,
    /// Share of the permits each class has at least while it asks for them; the rest goes by priority.
    pub shares: [f64; 5],
    /// Retries allowed while saturated, as a share of first attempts.
    pub retry_share: f64,
}

impl Default for AdmissionSettings {
    fn default() -> Self {
        Self {
            first_permits: 6,
            fewest_permits: 4,
            most_permits: 256,
            queue_ms: 50,
            longest_wait_ms: 250,
            hold_ms: 180,
            shares: [0.25, 0.4, 0.0, 0.1, 0.05],
            retry_share: 0.1,
        }
    }
}

/// The waiting room.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RoomSettings {
    /// How long a called person may take to come, in seconds.
    pub claim_s: u32,
    /// Polls per second all who wait may make together.
    pub polls_per_s: f64,
    /// Shortest time between two polls of one person, in seconds.
    pub shortest_poll_s: f64,
}

impl Default for RoomSettings {
    fn default() -> Self {
        Self { claim_s: 300, polls_per_s: 2_000.0, shortest_poll_s: 2.0 }
    }
}

impl RoomSettings {
    /// How long a called person may take to come.
    pub(crate) fn claim(&self) -> Duration {
        Duration::from_secs(self.claim_s.into())
    }

    fn check(&self) -> Result<(), SettingsError> {
        require((10..=3_600).contains(&self.claim_s), "room.claimS", "10 to 3600")?;
        let polls = self.polls_per_s;
        require(polls.is_finite() && (1.0..=1e6).contains(&polls), "room.pollsPerS", "1 to 1000000")?;
        require((0.5..=60.0).contains(&self.shortest_poll_s), "room.shortestPollS", "0.5 to 60")
    }
}

/// A rate in events per second, and how many may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimit {
    /// Events per second in the long run.
    pub per_s: f64,
    /// Events at once.
    pub burst: f64,
}

/// Limits by device and by address.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RateSettings {
    /// Requests of one device that reach the store.
    pub device: RateLimit,
    /// Requests of one address that reach the store; large, because a carrier puts thousands of phones behind one.
    pub address: RateLimit,
    /// One-time passwords asked for from one address.
    pub one_time_passwords: RateLimit,
    /// Sign-ins of staff from one address.
    pub sign_ins: RateLimit,
}

impl Default for RateSettings {
    fn default() -> Self {
        Self {
            device: RateLimit { per_s: 2.0, burst: 20.0 },
            address: RateLimit { per_s: 200.0, burst: 2_000.0 },
            one_time_passwords: RateLimit { per_s: 20.0, burst: 400.0 },
            sign_ins: RateLimit { per_s: 1.0, burst: 60.0 },
        }
    }
}

impl Settings {
    /// Says which setting can't be.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.admission.check()?;
        self.room.check()?;
        let limits = [
            ("rates.device", self.rates.device),
            ("rates.address", self.rates.address),
            ("rates.oneTimePasswords", self.rates.one_time_passwords),
            ("rates.signIns", self.rates.sign_ins),
        ];
        for (field, limit) in limits {
            let sensible = |value: f64| value.is_finite() && value > 0.0 && value <= 1e9;
            require(
                sensible(limit.per_s) && sensible(limit.burst) && limit.burst >= 1.0,
                field,
                "perS above 0 and burst at least 1, both at most 1,000,000,000",
            )?;
        }
        Ok(())
    }
}

impl AdmissionSettings {
    fn check(&self) -> Result<(), SettingsError> {
        require((1..=10_000).contains(&self.fewest_permits), "admission.fewestPermits", "1 to 10000")?;
        require(
            (self.fewest_permits..=10_000).contains(&self.most_permits),
            "admission.mostPermits",
            "fewestPermits to 10000",
        )?;
        require(
            (self.fewest_permits..=self.most_permits).contains(&self.first_permits),
            "admission.firstPermits",
            "fewestPermits to mostPermits",
        )?;
        require((1..=10_000).contains(&self.queue_ms), "admission.queueMs", "1 to 10000")?;
        require((1..=10_000).contains(&self.longest_wait_ms), "admission.longestWaitMs", "1 to 10000")?;
        require((1..=8_000).contains(&self.hold_ms), "admission.holdMs", "1 to 8000")?;
        let shares = self.shares.iter().all(|share| (0.0..=1.0).contains(share));
        require(
            shares && self.shares.iter().sum::<f64>() <= 1.0 + 1e-9,
            "admission.shares",
            "five numbers of 0 to 1 with a sum of at most 1",
        )?;
        require((0.0..=1.0).contains(&self.retry_share), "admission.retryShare", "0 to 1")
    }
}

fn require(holds: bool, field: &'static str, must_be: &'static str) -> Result<(), SettingsError> {
    if holds { Ok(()) } else { Err(SettingsError { field, must_be }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_allowed() {
        assert_eq!(Settings::default().check(), Ok(()));
    }

    #[test]
    fn a_setting_that_cannot_be_is_named() {
        let mut settings = Settings::default();
        settings.admission.shares[0] = 0.9;
        assert_eq!(settings.check().unwrap_err().field, "admission.shares");
        settings = Settings::default();
        settings.admission.first_permits = 1_000;
        assert_eq!(settings.check().unwrap_err().field, "admission.firstPermits");
        settings = Settings::default();
        settings.rates.address.per_s = f64::NAN;
        assert_eq!(settings.check().unwrap_err().field, "rates.address");
    }
}
