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
mod campaign;
mod campaign_change;
mod campaign_rows;
mod campaign_store;
mod check_in;
mod codec;
mod community;
mod copy;
mod counters;
mod counting;
mod cursor;
mod deadline;
mod declaration;
mod error;
mod evidence;
mod idempotency;
mod institution;
mod keyring;
mod latest_results;
mod migrations;
mod more_results;
mod one_time_password;
mod operations;
mod page;
mod person;
mod person_file;
mod postgres;
mod profile;
mod reasons_anew;
mod relative;
mod result;
mod result_correction;
mod result_proof;
mod room;
mod rounds;
mod row_outcome;
mod sample;
mod sample_plan;
mod sample_problem;
mod sampling_load;
mod sampling_point;
mod sampling_store;
mod sequence;
mod slot;
mod sqlite;
mod staff;
mod state;
mod state_rows;
mod store;
mod tube;
mod tube_box;
mod tube_columns;
mod tube_result;
mod tube_result_plan;
mod vaccination;
mod venue;

pub use access::{Access, AuditEntry, AuditRow};
pub use campaign::{
    CampaignFile, CampaignMark, CampaignRow, CampaignState, DraftCampaign, RefinementRow, Signature,
    TakenBack,
};
pub use campaign_change::{CampaignChange, CampaignStep};
pub use campaign_store::CampaignStore;
pub use check_in::{CheckIn, GateOutcome};
pub use community::CommunityRow;
pub use copy::{CityCopy, CopyError, CopyPhase, CopyStart, CopyStep, RowDifference, Verified};
pub use counters::{StoreCounters, VerbCounters, WriterCounters};
pub use deadline::with_deadline;
pub use declaration::{
    DeclarationKind, DeclarationQuery, DeclarationReview, DeclarationRow, NewDeclaration, ReviewDeclaration,
};
pub use error::{Conflict, Noun, Outage, Problem, StoreError};
pub use evidence::{Evidence, EvidenceKind, UploadType};
pub use idempotency::Idempotency;
pub use keyring::{Keyring, KeyringError, Warning, is_private};
pub use one_time_password::{OneTimePasswordLimits, PutOneTimePassword, Redemption};
pub use operations::{NoticeRow, Operations, OperationsChange};
pub use page::Page;
pub use person::{BindDevice, Bound, DeviceKey, ImportPerson, Imported, RegisterPerson, Registered};
pub use person_file::{PersonFile, PersonLink};
pub use postgres::{PostgresOptions, PostgresStore};
pub use relative::{AddRelative, Relation, RelativeAdded, RelativeRemoved, RelativeRow};
pub use result::{NewResult, PostedResults, SampleTaken, StoredResult};
pub use result_correction::ResultCorrection;
pub use result_proof::ResultProof;
pub use room::{RoomRow, RoomStep};
pub use row_outcome::{RowOutcome, RowProblem};
pub use sample::{NewSample, PersonSample, RecordedSamples, SampleBatch, SampleOutcome, SampledPerson};
pub use sample_problem::SampleProblemRow;
pub use sampling_load::PointLoad;
pub use sampling_point::{NewSamplingPoint, PointArea, PointKind, SamplingPointRow};
pub use sampling_store::SamplingStore;
pub use sqlite::{Provision, SqliteOptions, SqliteStore};
pub use staff::{NewStaff, StaffChanges, StaffRow};
pub use state::{Changes, PersonState, RelativeSlot, SlotCounts, States, Unreached};
pub use store::Store;
pub use tube::{OpenedTube, TubeFile, TubeRow, TubeSample};
pub use tube_box::{Overdue, OverdueTube, ReceivedBox, TubeBoxRow, TubeOwner};
pub use tube_result::{
    CaseFileRow, CaseState, NewTubeResult, PostedTubeResults, ResampleTaskRow, TaskArea, TubeOutcome,
    TubeResultRow,
};
pub use vaccination::{NewVaccination, RecordedVaccinations};
pub use venue::{NewVenue, VenueRow};
