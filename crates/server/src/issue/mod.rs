//! Issuing codes: the signing keys, the credential of a person, and signed codes kept ready to show.

pub mod code;
pub mod ready;
pub mod signing_keys;
pub mod subject;
