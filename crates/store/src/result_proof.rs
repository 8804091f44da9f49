//! What a printed proof of a test says of its person.

use jiff::Timestamp;
use jiff::civil::Date;
use yimatong_model::document::DocumentKind;
use yimatong_model::ids::PersonId;

use crate::access::AuditEntry;
use crate::result::StoredResult;

/// A result with whose it is, in clear. `Debug` shows the result only.
#[derive(Clone, PartialEq)]
pub struct ResultProof {
    /// Full name.
    pub name: String,
    /// Kind of the document.
    pub document_kind: DocumentKind,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// The result.
    pub result: StoredResult,
}

impl std::fmt::Debug for ResultProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResultProof").field("result", &self.result).finish_non_exhaustive()
    }
}

/// The audit row of a proof, which the person asked for.
pub(crate) fn audit(person: PersonId, id: &[u8; 16], now: Timestamp) -> AuditEntry {
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    AuditEntry {
        at: now,
        staff: None,
        action: "read-proof".to_owned(),
        subject: Some(person),
        purpose: Some(format!("the person's own result {id}")),
    }
}
