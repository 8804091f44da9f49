//! The signed code: issue it, show it, verify it offline. Bytes in, bytes out; no I/O, no clock, and no
//! randomness but what the caller hands over.
//!
//! A **credential** is a CWT (RFC 8392) in a COSE_Sign1 (RFC 9052). A phone wraps it into a **presentation**,
//! a second COSE_Sign1 over {credential, now} by the device key the credential names (RFC 8747), and shows
//! `YMT1:` + Base45 (RFC 9285). A gate verifies both signatures, looks up the colour in a signed **status
//! list** (draft-ietf-oauth-status-list, CWT form) and answers with a [`Verdict`]. EU certificates (`HC1:`)
//! are read by [`dcc`].
//!
//! # Why minicbor and not coset/ciborium
//! A gate parses whatever is held in front of its camera. `ciborium::Value` builds a tree of owned values, and
//! 8 KiB of hostile CBOR (say, 8,000 empty arrays) then costs several hundred KiB. Here every decoder walks
//! the borrowed bytes once, keeps slices, refuses deep nesting, duplicate keys and trailing bytes, and stays
//! under 64 KiB of heap for any input up to 8 KiB (`tests/allocation.rs` holds it to that).
//!
//! # One algorithm today, a seam for the next
//! [`Algorithm`] is the only place that maps a COSE algorithm number to code. SM2/SM3 is one more variant: the
//! number travels in the protected header already, so no format changes.

mod algorithm;
mod base45_text;
mod cbor;
mod claims;
mod claims_cbor;
mod cose;
mod curve;
pub mod dcc;
mod diagnosis;
mod error;
mod issue;
mod jwks;
mod key;
mod reason;
mod slot;
mod status_bits;
mod status_list;
mod venue_rule;
mod verdict;
mod verify;

pub use algorithm::Algorithm;
pub use base45_text::{CREDENTIAL_PREFIX, credential_to_text};
pub use claims::{Claims, Colour, Kind, Outcome as TestOutcome, StatusReference, Test, Vaccine};
pub use diagnosis::text_problem;
pub use error::{CredentialError, KeyError};
pub use issue::{issue, present};
pub use jwks::{JwkError, KeySet};
pub use key::{PublicKey, Signer, SoftwareKey, kid_of};
pub use reason::Reason;
pub use slot::{LIST_ENTRIES, ListPermutation, list_of, permute};
pub use status_bits::{Status, StatusListBits};
pub use status_list::{
    StatusListClaims, StatusListError, StatusLists, VerifiedStatusList, verify_status_list,
};
pub use venue_rule::{ForeignProof, TestReference, VenueRule, YellowRule};
pub use verdict::{Ages, ColourSource, Outcome, Verdict, VerdictKind, VerdictTest, VerdictVaccine};
pub use verify::{Gate, verify};
