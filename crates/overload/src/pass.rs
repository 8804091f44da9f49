//! The right to finish one flow: whoever was let in is not sent back half way.

use crate::class::Device;
use crate::ticket::number;

/// Longest life of a pass, in milliseconds.
pub(crate) const LONGEST_MS: u64 = 15 * 60_000;
/// Longest time between two steps of a flow, in milliseconds.
pub(crate) const LONGEST_IDLE_MS: u64 = 3 * 60_000;

/// The right of a device to finish one flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// Which pass.
    pub id: u64,
    /// Whose it is.
    pub device: Device,
    /// When the flow began, in milliseconds since 1970.
    pub issued_ms: u64,
    /// Its latest step, in milliseconds since 1970.
    pub used_ms: u64,
}

/// Why a pass is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    /// Not one of ours.
    #[error("the pass is not one of this city")]
    Forged,
    /// Older than 15 minutes, or not used for 3.
    #[error("the pass has expired")]
    Expired,
    /// Another device's.
    #[error("the pass is another device's")]
    OtherDevice,
}

/// Bytes of a pass before its seal.
pub(crate) const PASS_BYTES: usize = 32;

impl Pass {
    pub(crate) fn to_bytes(self) -> [u8; PASS_BYTES] {
        let mut bytes = [0; PASS_BYTES];
        for (place, value) in [self.id, self.device.0, self.issued_ms, self.used_ms].into_iter().enumerate() {
            bytes[place * 8..place * 8 + 8].copy_from_slice(&value.to_be_bytes());
        }
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8; PASS_BYTES]) -> Self {
        Self {
            id: number(bytes, 0),
            device: Device(number(bytes, 8)),
            issued_ms: number(bytes, 16),
            used_ms: number(bytes, 24),
        }
    }

    /// Is it `device`'s, and still good?
    pub(crate) fn check(&self, device: Device, unix_ms: u64) -> Result<(), PassError> {
        if self.device != device {
            return Err(PassError::OtherDevice);
        }
        let old = unix_ms.saturating_sub(self.issued_ms) > LONGEST_MS;
        let idle = unix_ms.saturating_sub(self.used_ms) > LONGEST_IDLE_MS;
        if old || idle { Err(PassError::Expired) } else { Ok(()) }
    }
}
