//! Who reads a personal file and why, and the audit log that remembers it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use yimatong_model::ids::{PersonId, StaffId};
use yimatong_model::sampling::Barcode;

use crate::error::{Problem, Result, StoreError};

/// Longest purpose and action kept, in bytes.
const LONGEST_TEXT: usize = 500;
/// Longest remark, in bytes: a barcode is put before it.
const LONGEST_REMARK: usize = 440;

/// A staff member's access to one person's data. The purpose is required: without it the verb answers
/// `Invalid { field: "purpose" }` and reads nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Who reads.
    pub staff: StaffId,
    /// Why, in the staff member's words; at most 500 bytes.
    pub purpose: String,
    /// When.
    pub at: Timestamp,
}

impl Access {
    /// Refuses an access without a purpose.
    pub(crate) fn check(&self) -> Result<()> {
        match self.purpose.trim() {
            "" => Err(StoreError::invalid("purpose", Problem::Empty)),
            purpose if purpose.len() > LONGEST_TEXT => Err(StoreError::invalid("purpose", Problem::TooLong)),
            _ => Ok(()),
        }
    }
}

/// A line to append to the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When it happened.
    pub at: Timestamp,
    /// Who did it; none for the system itself.
    pub staff: Option<StaffId>,
    /// What was done: a stable kebab-case word such as `read-person-file`.
    pub action: String,
    /// Whose data it touched.
    pub subject: Option<PersonId>,
    /// Why.
    pub purpose: Option<String>,
}

impl AuditEntry {
    /// The entry an audited verb writes.
    pub(crate) fn of(access: &Access, action: &str, subject: Option<PersonId>) -> Self {
        Self {
            at: access.at,
            staff: Some(access.staff),
            action: action.to_owned(),
            subject,
            purpose: Some(access.purpose.trim().to_owned()),
        }
    }

    /// The entry of a deed of a staff member that needs a remark.
    pub(crate) fn with_remark(action: &str, by: StaffId, remark: &str, at: Timestamp) -> Result<Self> {
        match remark.trim() {
            "" => Err(StoreError::invalid("remark", Problem::Empty)),
            text if text.len() > LONGEST_REMARK => Err(StoreError::invalid("remark", Problem::TooLong)),
            text => Ok(Self {
                at,
                staff: Some(by),
                action: action.to_owned(),
                subject: None,
                purpose: Some(text.to_owned()),
            }),
        }
    }

    /// The entry about a tube, which has no column of its own.
    pub(crate) fn of_tube(self, barcode: &Barcode) -> Self {
        let text = self.purpose.unwrap_or_default();
        Self { purpose: Some(format!("{barcode}: {text}")), ..self }
    }

    /// The entry about a person.
    pub(crate) fn about(self, person: PersonId) -> Self {
        Self { subject: Some(person), ..self }
    }

    /// Refuses an entry without an action or with over-long texts.
    pub(crate) fn check(&self) -> Result<()> {
        if self.action.is_empty() {
            return Err(StoreError::invalid("action", Problem::Empty));
        }
        if self.action.len() > LONGEST_TEXT {
            return Err(StoreError::invalid("action", Problem::TooLong));
        }
        if self.purpose.as_ref().is_some_and(|purpose| purpose.len() > LONGEST_TEXT) {
            return Err(StoreError::invalid("purpose", Problem::TooLong));
        }
        Ok(())
    }
}

/// A line of the audit log. Lines are only ever appended; ids rise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditRow {
    /// Place in the log, from 1.
    pub id: u64,
    /// When it happened (milliseconds kept).
    pub at: Timestamp,
    /// Who did it.
    pub staff: Option<StaffId>,
    /// What was done.
    pub action: String,
    /// Whose data it touched.
    pub subject: Option<PersonId>,
    /// Why.
    pub purpose: Option<String>,
}
