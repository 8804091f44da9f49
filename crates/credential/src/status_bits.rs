//! The array of 2-bit statuses and its zlib form (draft-ietf-oauth-status-list, section 4.1).

use miniz_oxide::{deflate, inflate};

use crate::StatusListError;
use crate::slot::LIST_ENTRIES;

/// Largest list in bytes: 2^20 entries of 2 bits.
pub(crate) const MAX_BYTES: usize = LIST_ENTRIES as usize / 4;

/// Status of one credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// 0 VALID: green.
    Green = 0,
    /// 1 INVALID: void, because it was replaced or given up.
    Void = 1,
    /// 2 SUSPENDED: yellow.
    Yellow = 2,
    /// 3, application-specific: red.
    Red = 3,
}

impl Status {
    fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Green,
            1 => Self::Void,
            2 => Self::Yellow,
            _ => Self::Red,
        }
    }
}

/// Statuses, four in a byte, the first in the lowest bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusListBits {
    bytes: Vec<u8>,
}

impl Default for StatusListBits {
    fn default() -> Self {
        Self { bytes: vec![0; MAX_BYTES] }
    }
}

impl StatusListBits {
    /// A list of 2^20 entries, all green.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A list from its packed bytes (at most 262,144), four entries each.
    ///
    /// # Errors
    /// [`StatusListError::Size`] when longer.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, StatusListError> {
        if bytes.len() > MAX_BYTES { Err(StatusListError::Size) } else { Ok(Self { bytes }) }
    }

    /// The packed bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() * 4
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The status at `index`; `None` beyond the end.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<Status> {
        let byte = self.bytes.get(index as usize / 4)?;
        Some(Status::from_bits(byte >> (2 * (index % 4))))
    }

    /// Sets the status at `index`; answers whether the list has that entry.
    pub fn set(&mut self, index: u32, status: Status) -> bool {
        let Some(byte) = self.bytes.get_mut(index as usize / 4) else { return false };
        let shift = 2 * (index % 4);
        *byte = *byte & !(3 << shift) | (status as u8) << shift;
        true
    }

    /// The `lst` member: zlib (RFC 1950).
    #[must_use]
    pub fn to_zlib(&self) -> Vec<u8> {
        deflate::compress_to_vec_zlib(&self.bytes, COMPRESSION_LEVEL)
    }

    /// Reads `lst`. Inflate only what is signed by a known key: up to 256 KiB come out.
    ///
    /// # Errors
    /// [`StatusListError::Compression`] when it is not zlib or holds more than 2^20 entries.
    pub fn from_zlib(zlib: &[u8]) -> Result<Self, StatusListError> {
        inflate::decompress_to_vec_zlib_with_limit(zlib, MAX_BYTES)
            .map(|bytes| Self { bytes })
            .map_err(|_| StatusListError::Compression)
    }
}

/// zlib level; see the figures in `benches/credential.rs`.
const COMPRESSION_LEVEL: u8 = 6;
