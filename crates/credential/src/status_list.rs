//! Status list tokens: signing, verifying, and the set a gate holds (draft-ietf-oauth-status-list, CWT form).

use minicbor::Decoder;

use crate::cbor::{self, Invalid, Label, Read};
use crate::cose::{self, Framing, Sign1};
use crate::{Algorithm, KeyError, KeySet, Signer, Status, StatusListBits};

/// The `typ` of a token (draft, section 5.2).
const TYPE: &str = "application/statuslist+cwt";
/// Claim `ttl` (draft, section 14.3).
const TTL: i64 = 65534;
/// Claim `status_list` (draft, section 14.3).
const STATUS_LIST: i64 = 65533;

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusListError {
    /// Not a status list token at all.
    #[error("not a status list token (COSE_Sign1, typ application/statuslist+cwt, 2 bits)")]
    Malformed,
    /// An algorithm or critical header not supported.
    #[error("the token uses an algorithm or a critical header that is not supported")]
    Unsupported,
    /// Its `kid` is not in the key set.
    #[error("the token is signed by a key that is not in the key set")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the token's signature is wrong")]
    BadSignature,
    /// `lst` is not zlib, or larger than 2^20 entries.
    #[error("the token's list is not zlib of at most 1,048,576 entries")]
    Compression,
    /// More packed bytes than a list may have.
    #[error("a list has at most 262,144 bytes (1,048,576 entries of 2 bits)")]
    Size,
}

/// What a token says besides the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusListClaims {
    /// `sub`: the URI credentials refer to.
    pub uri: String,
    /// `iat`, Unix seconds.
    pub issued_at_s: i64,
    /// `exp`, Unix seconds.
    pub expires_at_s: Option<i64>,
    /// `ttl`: how long a gate may keep it before asking again, seconds.
    pub ttl_s: Option<i64>,
}

impl StatusListClaims {
    /// Compresses `bits` and signs the token.
    ///
    /// # Errors
    /// [`KeyError::Signing`] as the signer gives it.
    pub fn sign(&self, bits: &StatusListBits, signer: &dyn Signer) -> Result<Vec<u8>, KeyError> {
        self.sign_zlib(&bits.to_zlib(), signer)
    }

    /// Signs an already compressed list, so that a refresh of `iat` costs no compression.
    ///
    /// # Errors
    /// [`KeyError::Signing`] as the signer gives it.
    pub fn sign_zlib(&self, zlib: &[u8], signer: &dyn Signer) -> Result<Vec<u8>, KeyError> {
        let protected = cbor::write(48, |e| {
            e.map(3)?.i64(1)?.i64(signer.algorithm().cose())?;
            e.i64(4)?.bytes(&signer.kid())?.i64(16)?.str(TYPE)?.ok()
        });
        let optional = u64::from(self.expires_at_s.is_some()) + u64::from(self.ttl_s.is_some());
        let payload = cbor::write(zlib.len() + self.uri.len() + 64, |e| {
            e.map(3 + optional)?.i64(2)?.str(&self.uri)?;
            if let Some(at_s) = self.expires_at_s {
                e.i64(4)?.i64(at_s)?;
            }
            e.i64(6)?.i64(self.issued_at_s)?;
            e.i64(STATUS_LIST)?.map(2)?.str("bits")?.u8(2)?.str("lst")?.bytes(zlib)?;
            if let Some(ttl_s) = self.ttl_s {
                e.i64(TTL)?.i64(ttl_s)?;
            }
            Ok(())
        });
        cose::sign1(&protected, b"", &payload, signer)
    }
}

/// A list whose signature was checked. Whether it is fresh enough is the verdict's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedStatusList {
    claims: StatusListClaims,
    bits: StatusListBits,
}

impl VerifiedStatusList {
    /// The token's claims.
    #[must_use]
    pub fn claims(&self) -> &StatusListClaims {
        &self.claims
    }

    /// The status at `index`; `None` beyond the end.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<Status> {
        self.bits.get(index)
    }

    /// All statuses.
    #[must_use]
    pub fn bits(&self) -> &StatusListBits {
        &self.bits
    }

    /// Whether it is older than `max_age_s`, past its `exp`, or from the future by more than the allowed skew.
    pub(crate) fn is_stale(&self, now_s: i64, max_age_s: i64) -> bool {
        let age_s = now_s.saturating_sub(self.claims.issued_at_s);
        age_s > max_age_s
            || age_s < -crate::verify::SKEW_S
            || self.claims.expires_at_s.is_some_and(|at_s| now_s >= at_s)
    }
}

/// Checks a token's signature with `keys`, then inflates its list. Nothing is inflated before.
///
/// # Errors
/// [`StatusListError`]; freshness is not an error here.
pub fn verify_status_list(token: &[u8], keys: &KeySet) -> Result<VerifiedStatusList, StatusListError> {
    let sign1 = Sign1::parse(token, Framing::Tagged).map_err(|error| match error {
        crate::CredentialError::Unsupported => StatusListError::Unsupported,
        _ => StatusListError::Malformed,
    })?;
    if sign1.protected.typ.as_deref() != Some(TYPE) {
        return Err(StatusListError::Malformed);
    }
    let number = sign1.protected.algorithm.ok_or(StatusListError::Malformed)?;
    let algorithm = Algorithm::from_cose(number).ok_or(StatusListError::Unsupported)?;
    let kid = sign1.protected.kid.as_deref().ok_or(StatusListError::UnknownKey)?;
    let (key_algorithm, key) = keys.find(kid).ok_or(StatusListError::UnknownKey)?;
    if key_algorithm != algorithm
        || !algorithm.verifies(key.point(), &sign1.to_be_signed(b""), &sign1.signature)
    {
        return Err(StatusListError::BadSignature);
    }
    let (claims, zlib) = read(&sign1.payload).map_err(|_| StatusListError::Malformed)?;
    Ok(VerifiedStatusList { claims, bits: StatusListBits::from_zlib(&zlib)? })
}

fn read(payload: &[u8]) -> Read<(StatusListClaims, Vec<u8>)> {
    let (mut uri, mut issued_at_s, mut expires_at_s, mut ttl_s, mut list) = (None, None, None, None, None);
    let mut d = Decoder::new(payload);
    cbor::map(&mut d, |label, d| {
        match label {
            Label::Int(2) => uri = Some(cbor::text(d)?.into_owned()),
            Label::Int(4) => expires_at_s = Some(d.i64()?),
            Label::Int(6) => issued_at_s = Some(d.i64()?),
            Label::Int(TTL) => ttl_s = Some(d.i64()?),
            Label::Int(STATUS_LIST) => list = Some(compressed(d)?),
            _ => cbor::skip(d, cbor::MAX_DEPTH)?,
        }
        Ok(())
    })?;
    cbor::at_end(&d)?;
    let claims = StatusListClaims {
        uri: uri.ok_or(Invalid)?,
        issued_at_s: issued_at_s.ok_or(Invalid)?,
        expires_at_s,
        ttl_s,
    };
    Ok((claims, list.ok_or(Invalid)?))
}

fn compressed(d: &mut Decoder<'_>) -> Read<Vec<u8>> {
    let (mut bits, mut zlib) = (None, None);
    cbor::map(d, |label, d| {
        match label {
            Label::Text("bits") => bits = Some(d.u8()?),
            Label::Text("lst") => zlib = Some(cbor::bytes(d)?.into_owned()),
            _ => cbor::skip(d, cbor::MAX_DEPTH)?,
        }
        Ok(())
    })?;
    match (bits, zlib) {
        (Some(2), Some(zlib)) => Ok(zlib),
        _ => Err(Invalid),
    }
}

/// The verified lists a gate holds, one per URI.
#[derive(Clone, Debug, Default)]
pub struct StatusLists {
    lists: Vec<VerifiedStatusList>,
}

/// What a gate's lists say about a reference.
pub(crate) enum Found<'l> {
    /// The list is here.
    List(&'l VerifiedStatusList),
    /// Other lists of the same city are here, or none at all.
    Missing,
    /// Only lists of other cities are here.
    OtherCity,
}

impl StatusLists {
    /// Adds a list, or replaces the one with the same URI unless that is newer: an old copy of a list can't
    /// undo a revocation.
    pub fn insert(&mut self, list: VerifiedStatusList) {
        match self.lists.iter_mut().find(|held| held.claims.uri == list.claims.uri) {
            Some(held) if held.claims.issued_at_s <= list.claims.issued_at_s => *held = list,
            Some(_) => {}
            None => self.lists.push(list),
        }
    }

    /// The lists held.
    pub fn iter(&self) -> impl Iterator<Item = &VerifiedStatusList> {
        self.lists.iter()
    }

    pub(crate) fn find(&self, uri: &str) -> Found<'_> {
        if let Some(list) = self.lists.iter().find(|list| list.claims.uri == uri) {
            return Found::List(list);
        }
        let same_city = |list: &VerifiedStatusList| base(&list.claims.uri) == base(uri);
        if self.lists.is_empty() || self.lists.iter().any(same_city) {
            Found::Missing
        } else {
            Found::OtherCity
        }
    }
}

/// A list's URI without its number: everything up to the last slash.
fn base(uri: &str) -> &str {
    uri.rsplit_once('/').map_or(uri, |(base, _)| base)
}

impl FromIterator<VerifiedStatusList> for StatusLists {
    fn from_iter<I: IntoIterator<Item = VerifiedStatusList>>(lists: I) -> Self {
        let mut held = Self::default();
        lists.into_iter().for_each(|list| held.insert(list));
        held
    }
}
