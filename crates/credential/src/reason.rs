//! Why a verdict is what it is: a closed list, most severe first.

use serde::{Deserialize, Serialize};

/// One reason, in the order in which a verdict lists them. What each does to the outcome is in
/// `testdata/credential/README.md` and next to the check that finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Not a code, cut off, or its content breaks the format. Refuse.
    Malformed,
    /// A version or an algorithm this build does not know. Check by hand.
    Unsupported,
    /// The issuer's signature is wrong: forged or altered. Refuse.
    BadSignature,
    /// Signed by a key the gate does not hold; the gate's keys may be old. Check by hand.
    UnknownKey,
    /// The signer may not sign this kind of certificate (EU key usage). Refuse.
    WrongKeyUsage,
    /// Genuine, but issued by another city than the gate accepts. Refuse.
    WrongIssuer,
    /// Past its expiry. Refuse.
    Expired,
    /// Issued in the future. Refuse.
    NotYetValid,
    /// The phone's signature is wrong: copied from another phone. Refuse.
    BadDeviceProof,
    /// Shown more than 60 s ago: a screenshot. Refuse.
    StalePresentation,
    /// Shown more than 30 s in the future: the phone's clock is wrong. Refuse.
    ClockSkew,
    /// A phone's credential without the phone's signature. Refuse.
    PresentationMissing,
    /// Replaced or given up. Refuse.
    Void,
    /// Red. Refuse.
    ColourRed,
    /// The latest test is positive. Refuse where a negative test is asked for, else information.
    TestPositive,
    /// Yellow. As the venue's rule says.
    ColourYellow,
    /// A negative test is asked for and there is none. Refuse.
    TestMissing,
    /// The latest test is older than asked for. Refuse; for a foreign proof check by hand, or information.
    TestTooOld,
    /// A foreign proof of vaccination or recovery where a negative test is asked for. Check by hand.
    NotATest,
    /// The gate holds status lists, but of other cities only. Check by hand.
    StatusListWrongCity,
    /// The status list is older than the venue's rule allows, or expired. Check by hand.
    StatusListStale,
    /// No status list: the colour is the one at issue. Allow up to 24 h after issue, then check by hand.
    StatusListMissing,
    /// A certificate of the city's own, which says nothing of the colour of today: ask for the code. Check by hand.
    CodeNeeded,
    /// Compare the identity document: paper, a relative's phone, a foreign proof. Allow.
    CheckDocument,
}
