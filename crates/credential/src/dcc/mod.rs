//! EU Digital COVID Certificates (`HC1:`): Base45, zlib, COSE_Sign1 by a certificate of a trust list, CWT, and
//! the content of DCC schemas 1.0.0 to 1.3.0 (ehn-dcc-schema).
//!
//! Read as real issuers emit them: tags 61 and 18 optional, `alg` and `kid` in either header (protected first),
//! times as integers, floats or tagged, unknown or odd members
//! anywhere. Strict where it matters: signature, `kid`
//! must select the certificate, exactly one entry, validity in time, key usage. Test certificates of the city itself
//! ([`issue_test`]) are signed by a key of its key set instead.

mod certificate;
mod content;
mod cwt;
mod envelope;
mod judge;
mod read_test;
mod test_certificate;
mod trust;

pub use certificate::CertificateError;
pub use content::Holder;
pub(crate) use envelope::open as unpack;
pub(crate) use judge::judge;
pub use read_test::{TestProof, read_test};
pub use test_certificate::{TestCertificate, issue_test};
pub use trust::TrustList;

/// What a certificate proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    Test,
    Vaccination,
    Recovery,
}
