//! A place in the waiting room. All of it is in the phone's hands; nothing is kept per person who waits.
//!
//! The first ticket has no place yet: only who shows it gets one. Whoever throws tickets away and asks anew would otherwise
//! fill the line with places of nobody, and no waiting time could be foretold.

use crate::class::{Class, Device};

/// A place in the waiting room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// The place: whoever has a smaller one comes first. Not an identifier, two people may have the same.
    /// [`Ticket::NO_PLACE`] before the ticket was shown.
    pub seq: u64,
    /// When it was issued, in milliseconds since 1970.
    pub issued_ms: u64,
    /// Whose it is.
    pub device: Device,
    /// What they wait for.
    pub class: Class,
}

/// Bytes of a ticket before its seal.
pub(crate) const TICKET_BYTES: usize = 25;

impl Ticket {
    /// The `seq` of a ticket that has not been shown yet.
    pub const NO_PLACE: u64 = u64::MAX;

    /// Was it given to this device?
    #[must_use]
    pub fn is_of(&self, device: Device) -> bool {
        self.device == device && self.class == Class::B3
    }

    /// The place, if it has one.
    #[must_use]
    pub fn place(&self) -> Option<u64> {
        (self.seq != Self::NO_PLACE).then_some(self.seq)
    }

    pub(crate) fn to_bytes(self) -> [u8; TICKET_BYTES] {
        let mut bytes = [0; TICKET_BYTES];
        bytes[..8].copy_from_slice(&self.seq.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.issued_ms.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.device.0.to_be_bytes());
        bytes[24] = self.class as u8;
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8; TICKET_BYTES]) -> Option<Self> {
        Some(Self {
            seq: number(bytes, 0),
            issued_ms: number(bytes, 8),
            device: Device(number(bytes, 16)),
            class: *Class::ALL.get(usize::from(bytes[24]))?,
        })
    }
}

/// The big-endian number of eight bytes at an offset.
pub(crate) fn number<const N: usize>(bytes: &[u8; N], at: usize) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&bytes[at..at + 8]);
    u64::from_be_bytes(eight)
}
