//! The store: the only SQL of the project, behind one trait of coarse use-case verbs.
//!
//! [`Store`] is used as `Arc<dyn Store>`. One verb is one transaction; an answer means the transaction is
//! durable. Every writing verb that changes what a code shows returns the changed [`PersonState`]s, so that the
//! in-memory registry applies them after the commit; [`Store::changes_since`] gives the same states to other
//! nodes. The adapters are [`SqliteStore`] and [`PostgresStore`].
//!
//! Architecture Invariant: times and randomness come from the caller; no statement reads a clock but that of [`Store::database_time`].
//! Architecture Invariant: document numbers, names and phones leave this crate only in [`PersonFile`], and every
//! `PersonFile` leaves an audit row in the same transaction.

mod access;
mod bulk;
mod check_in;
mod codec;
mod community;
mod copy;
mod counters;
mod counting;
mod cursor;
mod deadline;
mod error;
mod idempotency;
mod institution;
mod keyring;
mod latest_results;
mod migrations;
mod one_time_password;
mod operations;
mod page;
mod person;
mod person_file;
mod postgres;
mod profile;
mod relative;
mod result;
mod room;
mod row_outcome;
mod sequence;
mod slot;
mod sqlite;
mod staff;
mod state;
mod state_rows;
mod store;
mod vaccination;
mod venue;

pub use access::{Access, AuditEntry, AuditRow};
pub use check_in::{CheckIn, GateOutcome};
pub use community::CommunityRow;
pub use copy::{CityCopy, CopyError, CopyPhase, CopyStart, CopyStep, RowDifference, Verified};
pub use counters::{StoreCounters, VerbCounters, WriterCounters};
pub use deadline::with_deadline;
pub use error::{Conflict, Noun, Outage, Problem, StoreError};
pub use idempotency::Idempotency;
pub use keyring::{Keyring, KeyringError, Warning, is_private};
pub use one_time_password::{OneTimePasswordLimits, PutOneTimePassword, Redemption};
pub use operations::{NoticeRow, Operations, OperationsChange};
pub use page::Page;
pub use person::{BindDevice, Bound, DeviceKey, ImportPerson, Imported, RegisterPerson, Registered};
pub use person_file::{PersonFile, PersonLink};
pub use postgres::{PostgresOptions, PostgresStore};
pub use relative::{AddRelative, Relation, RelativeAdded, RelativeRemoved, RelativeRow};
pub use result::{NewResult, PostedResults, StoredResult};
pub use room::{RoomRow, RoomStep};
pub use row_outcome::{RowOutcome, RowProblem};
pub use sqlite::{Provision, SqliteOptions, SqliteStore};
pub use staff::{NewStaff, StaffChanges, StaffRow};
pub use state::{Changes, PersonState, RelativeSlot, SlotCounts, States, Unreached};
pub use store::Store;
pub use vaccination::{NewVaccination, RecordedVaccinations};
pub use venue::{NewVenue, VenueRow};
