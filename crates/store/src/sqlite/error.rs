//! SQLite's errors in terms of the store's.

use rusqlite::ErrorCode;

use crate::error::{Outage, StoreError};

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error_code() else {
            // A column of an unexpected type or a row that must be there: the file is not what we wrote.
            return Self::Corrupt(error.to_string());
        };
        match code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Unavailable(Outage::Locked),
            ErrorCode::DiskFull => Self::Unavailable(Outage::DiskFull),
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt(error.to_string()),
            _ => Self::Unavailable(Outage::Io(error.to_string())),
        }
    }
}
