//! What operators have set at run time, for all nodes: limits, switches and the notice to residents.

use jiff::Timestamp;
use yimatong_model::ids::StaffId;

use crate::error::{Problem, Result, StoreError};

/// Longest document kept, in bytes.
const LONGEST_DOCUMENT: usize = 64 * 1024;
/// Longest text of a notice, in bytes: 300 characters of four.
const LONGEST_NOTICE: usize = 1_200;
/// Longest name of a notice's level, in bytes.
const LONGEST_LEVEL: usize = 20;

/// The operators' document. Nothing in it was ever set while `version` is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operations {
    /// Rises by one with every change.
    pub version: u64,
    /// Limits as JSON text; none: as shipped.
    pub settings: Option<String>,
    /// Functions that are on or off, as JSON text; none: as shipped.
    pub switches: Option<String>,
    /// What residents are told.
    pub notice: Option<NoticeRow>,
    /// Who made the latest change.
    pub changed_by: Option<StaffId>,
    /// When (milliseconds kept).
    pub changed_at: Option<Timestamp>,
}

/// A notice to residents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// How grave: a word of the server's, such as `info`.
    pub level: String,
    /// Since when (milliseconds kept).
    pub at: Timestamp,
}

/// One change of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationsChange {
    /// New limits: JSON text of at most 64 KiB.
    Settings(String),
    /// New switches, likewise.
    Switches(String),
    /// A new notice (at most 1,200 bytes in each language), or none.
    Notice(Option<NoticeRow>),
}

impl OperationsChange {
    /// Refuses what is not JSON, and texts that are empty or over-long.
    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::Settings(document) => check_document("settings", document),
            Self::Switches(document) => check_document("switches", document),
            Self::Notice(None) => Ok(()),
            Self::Notice(Some(notice)) => {
                check_text("zh", &notice.zh, LONGEST_NOTICE)?;
                check_text("en", &notice.en, LONGEST_NOTICE)?;
                check_text("level", &notice.level, LONGEST_LEVEL)
            }
        }
    }
}

fn check_document(field: &'static str, document: &str) -> Result<()> {
    check_text(field, document, LONGEST_DOCUMENT)?;
    let read = serde_json::from_str::<serde::de::IgnoredAny>(document);
    read.map(|_| ()).map_err(|_| StoreError::invalid(field, Problem::Malformed))
}

fn check_text(field: &'static str, text: &str, longest: usize) -> Result<()> {
    match text.trim() {
        "" => Err(StoreError::invalid(field, Problem::Empty)),
        _ if text.len() > longest => Err(StoreError::invalid(field, Problem::TooLong)),
        _ => Ok(()),
    }
}
