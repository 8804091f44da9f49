//! What a declaration rests on: a certificate or an uploaded picture, sealed at rest.

use std::fmt;

use ring::rand::SecureRandom;
use yimatong_model::ids::PersonId;

use crate::error::{Problem, Result, StoreError, corrupt};
use crate::keyring::Keyring;

/// Longest upload, in bytes.
const LONGEST_UPLOAD: usize = 200_000;
/// Longest EU certificate, in bytes: the most letters a QR code holds (ISO/IEC 18004, alphanumeric, version 40-L).
const LONGEST_CERTIFICATE: usize = 4_296;

/// The evidence of a declaration. `Debug` shows its kind only.
#[derive(Clone, PartialEq, Eq)]
pub enum Evidence {
    /// Nothing on paper: the community vouches for it when it accepts.
    Community,
    /// The text of an EU digital COVID certificate, from `HC1:` on. Whether it is genuine the caller has verified.
    EuDcc(String),
    /// A picture or a PDF of at most 200,000 bytes.
    Upload(Vec<u8>),
}

/// Kind of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum EvidenceKind {
    /// [`Evidence::Community`]
    Community = 0,
    /// [`Evidence::EuDcc`]
    EuDcc = 1,
    /// [`Evidence::Upload`]
    Upload = 2,
}

/// What an upload is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadType {
    /// JPEG picture.
    Jpeg,
    /// PNG picture.
    Png,
    /// PDF document.
    Pdf,
}

impl UploadType {
    /// The type of some bytes; none for every other one.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let known =
            [(&b"\xff\xd8\xff"[..], Self::Jpeg), (b"\x89PNG\r\n\x1a\n", Self::Png), (b"%PDF-", Self::Pdf)];
        known.into_iter().find(|(begin, _)| bytes.starts_with(begin)).map(|(_, upload)| upload)
    }

    /// The media type, for the answer that shows it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
        }
    }
}

impl EvidenceKind {
    /// The stable name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Community => "community",
            Self::EuDcc => "eu-dcc",
            Self::Upload => "upload",
        }
    }

    /// The kind of a stored number.
    pub(crate) fn from_i64(number: i64) -> Result<Self> {
        match number {
            0 => Ok(Self::Community),
            1 => Ok(Self::EuDcc),
            2 => Ok(Self::Upload),
            _ => Err(corrupt("a kind of evidence")),
        }
    }
}

impl Evidence {
    /// Its kind.
    pub const fn kind(&self) -> EvidenceKind {
        match self {
            Self::Community => EvidenceKind::Community,
            Self::EuDcc(_) => EvidenceKind::EuDcc,
            Self::Upload(_) => EvidenceKind::Upload,
        }
    }

    /// Refuses what is too long, no certificate, or of another type of file.
    pub(crate) fn check(&self) -> Result<()> {
        let (longest, length, is_known) = match self {
            Self::Community => return Ok(()),
            Self::EuDcc(text) => (LONGEST_CERTIFICATE, text.len(), text.starts_with("HC1:")),
            Self::Upload(bytes) => (LONGEST_UPLOAD, bytes.len(), UploadType::of(bytes).is_some()),
        };
        if length > longest {
            return Err(StoreError::invalid("evidence", Problem::TooLong));
        }
        if !is_known {
            return Err(StoreError::invalid("evidence", Problem::Malformed));
        }
        Ok(())
    }

    /// Seals it for one declaration of one person.
    pub(crate) fn seal(
        &self,
        keys: &Keyring,
        rng: &dyn SecureRandom,
        person: PersonId,
        declaration: &[u8; 16],
    ) -> Result<Option<Vec<u8>>> {
        let plain = match self {
            Self::Community => return Ok(None),
            Self::EuDcc(text) => text.as_bytes(),
            Self::Upload(bytes) => bytes,
        };
        keys.seal(rng, person, &column(declaration), plain).map(Some)
    }

    /// Opens what [`Evidence::seal`] made.
    pub(crate) fn open(
        keys: &Keyring,
        person: PersonId,
        declaration: &[u8; 16],
        kind: EvidenceKind,
        sealed: Option<&[u8]>,
    ) -> Result<Self> {
        let sealed = || sealed.ok_or_else(|| corrupt("evidence"));
        Ok(match kind {
            EvidenceKind::Community => Self::Community,
            EvidenceKind::EuDcc => Self::EuDcc(keys.open_text(person, &column(declaration), sealed()?)?),
            EvidenceKind::Upload => Self::Upload(keys.open(person, &column(declaration), sealed()?)?),
        })
    }
}

/// The name under which evidence is sealed, so that it can't be moved to another declaration.
fn column(declaration: &[u8; 16]) -> String {
    format!("evidence {:032x}", u128::from_be_bytes(*declaration))
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().as_str())
    }
}
