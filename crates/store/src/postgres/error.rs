//! PostgreSQL's errors in terms of the store's, by SQLSTATE only: on a cluster the names of constraints are lost.

use tokio_postgres::error::SqlState;

use crate::error::{Outage, StoreError};

/// What an error of the database means for the transaction it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nothing that trying again would mend.
    Final,
    /// Rolled back because of other transactions: to be tried again.
    Clash,
    /// The connection is gone, or about to.
    Lost,
    /// The coordinator of a cluster could not reach the machine that was asked for: our connection is good.
    Away,
    /// A city day of check-ins has no tables (any more).
    NoDay,
}

/// Sorts an error.
pub(super) fn trouble(error: &tokio_postgres::Error) -> Trouble {
    let Some(state) = error.code() else {
        return if error.is_closed() || is_io(error) { Trouble::Lost } else { Trouble::Final };
    };
    match *state {
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        // Looked for and not there, but there when inserted: somebody else was faster.
        | SqlState::UNIQUE_VIOLATION
        | SqlState::DUPLICATE_TABLE
        // Given up after a short wait, so that others need not wait behind.
        | SqlState::LOCK_NOT_AVAILABLE => Trouble::Clash,
        SqlState::CHECK_VIOLATION | SqlState::UNDEFINED_TABLE => Trouble::NoDay,
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        // Our session is in a database that is a replica by now: the next one may be in the one that took over.
        | SqlState::READ_ONLY_SQL_TRANSACTION => Trouble::Lost,
        _ if state.code().starts_with("08") => Trouble::Away,
        _ => Trouble::Final,
    }
}

/// The store's error for it. What was cancelled for its time is `Deadline`.
pub(crate) fn store_error(error: &tokio_postgres::Error) -> StoreError {
    let outage = |text: String| StoreError::Unavailable(Outage::Io(text));
    let Some(state) = error.code() else {
        return if error.is_closed() || is_io(error) {
            outage(with_cause(error))
        } else {
            // A column of an unexpected type: the database is not what we wrote.
            StoreError::Corrupt(error.to_string())
        };
    };
    match *state {
        SqlState::QUERY_CANCELED => StoreError::Deadline,
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::UNIQUE_VIOLATION
        | SqlState::DUPLICATE_TABLE => StoreError::Unavailable(Outage::RolledBack),
        SqlState::DISK_FULL => StoreError::Unavailable(Outage::DiskFull),
        SqlState::LOCK_NOT_AVAILABLE => StoreError::Unavailable(Outage::Locked),
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => StoreError::Corrupt(described(error)),
        _ => outage(described(error)),
    }
}

/// An error of connecting. What is neither the network's nor the server's word is a mistake in how we are told to connect.
pub(super) fn connect_error(error: &tokio_postgres::Error) -> StoreError {
    if error.code().is_some() || error.is_closed() || is_io(error) {
        return store_error(error);
    }
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    if cause.contains("does not support TLS") {
        return StoreError::Unusable(
            "the database server has no TLS, which is required unless it is on this machine: switch it on there (ssl = on), \
             or add sslmode=disable to the URL if nobody else can listen on the way"
                .to_owned(),
        );
    }
    StoreError::Unusable(with_cause(error))
}

/// The state and the server's message, which our statements keep free of personal data: values are parameters.
fn described(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.to_string(),
        |error| format!("SQLSTATE {}: {}", error.code().code(), error.message()),
    )
}

/// The driver's words and the operating system's.
pub(super) fn with_cause(error: &tokio_postgres::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    matches!(std::error::Error::source(error), Some(cause) if cause.is::<std::io::Error>())
}
