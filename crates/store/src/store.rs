//! The trait: every use case of the store, one transaction each. Those of sampling are in `sampling_store`, those of
//! campaigns in `campaign_store`.

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;
use yimatong_model::document::Document;
use yimatong_model::ids::{PersonId, Slot, StaffId, VenueId};
use yimatong_model::phone::Phone;
use yimatong_model::rule::RulePack;

use crate::access::{Access, AuditEntry, AuditRow};
use crate::campaign_store::CampaignStore;
use crate::check_in::CheckIn;
use crate::community::CommunityRow;
use crate::counters::StoreCounters;
use crate::error::Result;
use crate::idempotency::Idempotency;
use crate::one_time_password::{OneTimePasswordLimits, PutOneTimePassword, Redemption};
use crate::operations::{Operations, OperationsChange};
use crate::page::Page;
use crate::person::{BindDevice, Bound, DeviceKey, ImportPerson, Imported, RegisterPerson, Registered};
use crate::person_file::PersonFile;
use crate::relative::{AddRelative, RelativeAdded, RelativeRemoved, RelativeRow};
use crate::result::{NewResult, PostedResults, StoredResult};
use crate::result_proof::ResultProof;
use crate::room::{RoomRow, RoomStep};
use crate::row_outcome::RowOutcome;
use crate::sampling_store::SamplingStore;
use crate::staff::{NewStaff, StaffChanges, StaffRow};
use crate::state::{Changes, PersonState, SlotCounts, States};
use crate::vaccination::{NewVaccination, RecordedVaccinations};
use crate::venue::{NewVenue, VenueRow};

/// Everything the server asks of its database.
///
/// An `Ok` from a writing verb means durable. Every verb may fail with `Unavailable`, `Deadline` or `Corrupt`; the
/// other errors are named at the verb. Verbs that take an [`Idempotency`] also fail with `IdempotencyMismatch`.
/// The conformance suite calls every verb on every adapter.
#[async_trait]
pub trait Store: SamplingStore + CampaignStore + Send + Sync {
    // People and devices

    /// Registers a person, or completes the registration of one who is known without a phone (a relative, an
    /// import) under the same name. Gives the device a slot when there is one.
    ///
    /// Errors: `Conflict(AlreadyRegistered | PhoneTaken | NameMismatch)`, `NotFound(Community)`.
    async fn register_person(
        &self,
        person: RegisterPerson,
        idempotency: Option<Idempotency>,
    ) -> Result<Registered>;

    /// Binds a device to the person with that phone; the earlier device's slot becomes void, and so do the slots under
    /// which it showed relatives: they get new ones.
    ///
    /// Errors: `NotFound(Person)`, `Invalid(documentTail, Mismatch)`.
    async fn bind_device(&self, device: BindDevice, idempotency: Option<Idempotency>) -> Result<Bound>;

    /// Voids the slot of the person's device (log-out).
    ///
    /// Errors: `NotFound(Slot)` when it is not the live device slot of that person.
    async fn unbind_device(&self, person: PersonId, slot: Slot, now: Timestamp) -> Result<PersonState>;

    /// The live device of a person and its key.
    async fn device_of(&self, person: PersonId) -> Result<Option<(Slot, DeviceKey)>>;

    /// Looks a document up (by HMAC; nothing is decrypted). For the system's own use; staff use `check_person`.
    async fn find_person(&self, document: &Document) -> Result<Option<PersonId>>;

    /// Looks a phone up (by HMAC).
    async fn person_by_phone(&self, phone: &Phone) -> Result<Option<PersonId>>;

    /// Decrypts a personal file and writes the audit row (`read-person-file`) in the same transaction.
    ///
    /// Errors: `NotFound(Person)`, `Invalid(purpose)`.
    async fn read_person_file(&self, person: PersonId, access: Access) -> Result<PersonFile>;

    /// Looks a document up for a staff member and writes the audit row (`check-person`) in the same
    /// transaction, also when nobody is found.
    ///
    /// Errors: `Invalid(purpose)`.
    async fn check_person(&self, document: &Document, access: Access) -> Result<Option<PersonId>>;

    /// Imports people in bulk; those who are there already stay as they are. Large batches (100,000) are
    /// fastest, and calling for the next batch while one runs seals the one during the insertion of the other.
    /// Writes no change rows: followers of the feed get `Changes::TooOld`.
    ///
    /// Errors: `NotFound(Community)`; the whole batch is refused.
    async fn import_people(&self, people: Vec<ImportPerson>, now: Timestamp) -> Result<Imported>;

    // Relatives

    /// Adds a relative (age 0-16 or 60 and more at `now`, at most 8 per holder, at most 3 holders) under a slot of
    /// its own, and registers the relative without a phone if not yet known.
    ///
    /// Errors: `NotFound(Person)` (holder), `Conflict(TooManyRelatives | TooManyHolders | AlreadyLinked |
    /// NameMismatch | TooManyCodes)`, `Invalid(document, SamePerson | AgeNotEligible | AgeUnknown)`.
    async fn add_relative(
        &self,
        relative: AddRelative,
        idempotency: Option<Idempotency>,
    ) -> Result<RelativeAdded>;

    /// Removes a relative from a holder; the slot becomes void. The relative stays registered.
    ///
    /// Errors: `NotFound(Relative)`.
    async fn remove_relative(
        &self,
        holder: PersonId,
        relative: PersonId,
        now: Timestamp,
    ) -> Result<RelativeRemoved>;

    /// The relatives of a holder, by time added.
    async fn relatives_of(&self, holder: PersonId) -> Result<Vec<RelativeRow>>;

    // Paper codes

    /// Gives a person a new paper slot and voids the previous one. With `by`, a staff member did it and an audit
    /// row (`issue-paper-code`) is written.
    ///
    /// Errors: `NotFound(Person)`, `Conflict(TooManyCodes)`, `Invalid(purpose)`.
    async fn issue_paper_code(
        &self,
        person: PersonId,
        by: Option<Access>,
        now: Timestamp,
        idempotency: Option<Idempotency>,
    ) -> Result<Bound>;

    // Test results and vaccinations

    /// Records results, adds the reasons they give and releases the reasons whose way back they fulfil.
    ///
    /// Errors: `Invalid(results, TooManyRows)` over 10,000; refused rows are in the outcomes.
    async fn post_results(
        &self,
        results: Vec<NewResult>,
        rules: Arc<RulePack>,
        now: Timestamp,
    ) -> Result<PostedResults>;

    /// Results of a person, newest sampling first.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn result_history(
        &self,
        person: PersonId,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<StoredResult>>;

    /// A result of a person with the name that stands on a proof of it, for the person; writes an audit row (`read-proof`)
    /// in the same transaction. None when the person has no such result.
    ///
    /// Errors: `NotFound(Person)`.
    async fn result_proof(
        &self,
        person: PersonId,
        id: [u8; 16],
        now: Timestamp,
    ) -> Result<Option<ResultProof>>;

    /// The stable number of a testing institution, given out on first sight of its name.
    ///
    /// Errors: `Invalid(institution)`, also when all 65,535 numbers are used.
    async fn add_institution(&self, name: &str) -> Result<u16>;

    /// All institutions, by number.
    async fn institutions(&self) -> Result<Vec<(u16, String)>>;

    /// Records vaccinations. A row that tells nothing newer is a duplicate.
    ///
    /// Errors: `Invalid(vaccinations, TooManyRows)` over 10,000.
    async fn record_vaccinations(
        &self,
        vaccinations: Vec<NewVaccination>,
        now: Timestamp,
    ) -> Result<RecordedVaccinations>;

    // Venues and check-ins

    /// Creates a venue.
    ///
    /// Errors: `Invalid(name | type)`.
    async fn create_venue(&self, venue: NewVenue, idempotency: Option<Idempotency>) -> Result<VenueRow>;

    /// Imports venues in bulk; ids that are there already stay as they are. Answers how many were new.
    ///
    /// Errors: `Invalid(id)` for a venue without an id, `Invalid(name | type)`; the whole batch is refused.
    async fn import_venues(&self, venues: Vec<NewVenue>) -> Result<usize>;

    /// A venue.
    async fn venue(&self, venue: VenueId) -> Result<Option<VenueRow>>;

    /// Venues whose name contains the query, by id.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn list_venues(&self, query: &str, cursor: Option<String>, limit: usize) -> Result<Page<VenueRow>>;

    /// Records check-ins of one venue, idempotent by venue, city day and id.
    ///
    /// Errors: `NotFound(Venue)`, `Invalid(checkIns, TooManyRows)` over 10,000.
    async fn record_check_ins(
        &self,
        venue: VenueId,
        check_ins: Vec<CheckIn>,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>>;

    /// Check-ins of a venue on one city day, by time.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn list_check_ins(
        &self,
        venue: VenueId,
        day: Date,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<CheckIn>>;

    /// Drops all check-ins before a city day, on the venue side and on the person side, and refuses such days from
    /// now on. Answers how many days were dropped.
    async fn drop_check_ins_before(&self, day: Date) -> Result<usize>;

    // Communities

    /// Imports communities; those that are there already are renamed. Answers how many were new.
    ///
    /// Errors: `Invalid(name)`; the whole batch is refused.
    async fn import_communities(&self, communities: Vec<CommunityRow>) -> Result<usize>;

    /// Communities whose name, street or district contains the query, by id.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn list_communities(
        &self,
        query: &str,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<CommunityRow>>;

    // Staff

    /// Creates a staff account.
    ///
    /// Errors: `Conflict(NameTaken)`, `NotFound(Venue)`, `Invalid(name)`.
    async fn create_staff(&self, staff: NewStaff, idempotency: Option<Idempotency>) -> Result<StaffId>;

    /// The account with that log-in name.
    async fn staff_by_name(&self, name: &str) -> Result<Option<StaffRow>>;

    /// Accounts, by id.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn list_staff(&self, cursor: Option<String>, limit: usize) -> Result<Page<StaffRow>>;

    /// Disables or enables an account and writes the audit row (`disable-staff`, `enable-staff`, with the account's
    /// number as purpose) in the same transaction. `by` is the member of staff who did it.
    ///
    /// Errors: `NotFound(Staff)`.
    async fn set_staff_disabled(
        &self,
        staff: StaffId,
        disabled: bool,
        by: Option<StaffId>,
        now: Timestamp,
    ) -> Result<()>;

    /// Ends a session of staff before its time; other nodes hear of it by `staff_changes_since`.
    async fn end_staff_session(&self, session: [u8; 8], until: Timestamp) -> Result<()>;

    /// What changed about staff after a number; 0 for everything that is still of interest.
    async fn staff_changes_since(&self, change: u64) -> Result<StaffChanges>;

    /// Accepts a TOTP time step once (RFC 6238, 5.2): false when that step or a later one was used before.
    ///
    /// Errors: `NotFound(Staff)`.
    async fn use_totp_step(&self, staff: StaffId, step: u64) -> Result<bool>;

    // One-time passwords

    /// Stores the hash of a code to be sent to a phone, or says until when to wait.
    async fn put_one_time_password(
        &self,
        phone: &Phone,
        code_hash: [u8; 32],
        expires: Timestamp,
        limits: OneTimePasswordLimits,
        now: Timestamp,
    ) -> Result<PutOneTimePassword>;

    /// Tries a code. A right one is used up; a wrong one costs a try (both durable). Constant-time comparison.
    ///
    /// With an idempotency key, a repeat under the same key and with the same code is `Redeemed` again until the
    /// code expires: the answer to the first request may have been lost. What the request then does is the
    /// business of its own verb, which compares the whole request.
    async fn redeem_one_time_password(
        &self,
        phone: &Phone,
        code_hash: [u8; 32],
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Redemption>;

    // Audit

    /// Appends to the audit log; answers the row's id.
    ///
    /// Errors: `Invalid(action | purpose)`.
    async fn append_audit(&self, entry: AuditEntry) -> Result<u64>;

    /// The audit log, newest first.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn list_audit(&self, cursor: Option<String>, limit: usize) -> Result<Page<AuditRow>>;

    // Registry feed

    /// States of at most `limit` people after a person id, in order of ids, from one snapshot. An empty answer is
    /// the end. Take `latest_seq` before the first page and follow `changes_since` from there.
    async fn load_states(&self, after: Option<PersonId>, limit: usize) -> Result<Vec<PersonState>>;

    /// The state of one person; none when nobody has this id. For nodes that keep a part of the city only.
    async fn person_state(&self, person: PersonId) -> Result<Option<PersonState>>;

    /// The number of the latest change; 0 in an empty store.
    async fn latest_seq(&self) -> Result<u64>;

    /// Which history the change numbers belong to. It is another one after a replica has taken over or the database was
    /// put back while nodes ran: then numbers come again that a follower has seen with other changes, and whatever it
    /// knows must be read anew.
    async fn feed_epoch(&self) -> Result<u32>;

    /// People changed after a change number; reads at most `limit` changes. A machine of a cluster that is away holds nobody up
    /// but its own people, who are named.
    async fn changes_since(&self, seq: u64, limit: usize) -> Result<Changes>;

    /// The present states of people whom `changes_since` could not reach.
    async fn states_of(&self, people: Vec<PersonId>) -> Result<States>;

    /// How many slots were given out, are live and are void.
    async fn slots_count(&self) -> Result<SlotCounts>;

    /// Removes one-time passwords past their time, idempotency outcomes older than 48 h, change rows older than 7 days and
    /// counts of minutes at sampling points older than an hour. Answers how many rows went.
    async fn purge_expired(&self, now: Timestamp) -> Result<u64>;

    // Operation

    /// The waiting room's row.
    async fn room(&self) -> Result<RoomRow>;

    /// Gives out and calls places, and answers the row as it is then. The steps of several nodes add up.
    ///
    /// Errors: `Invalid(issuedBy | calledBy, TooLarge)` for places past 2^53 - 1, `Invalid(capacityPerS)`.
    async fn step_room(&self, step: RoomStep) -> Result<RoomRow>;

    /// Takes a job for one node until a moment, or longer when it has it already; false while another node has it. A node
    /// whose time is ahead may take it too early: a lease saves work, and a job must not go wrong when two do it.
    async fn take_lease(&self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool>;

    /// The time by the database's own clock, which all nodes can compare theirs with; None where the database has none but the server's.
    async fn database_time(&self) -> Result<Option<Timestamp>>;

    /// What operators have set.
    async fn operations(&self) -> Result<Operations>;

    /// Changes it and writes the audit row in the same transaction; who and when are taken from that row. With `version` only if it
    /// still has that one: of two changes made on top of the same version one is refused, whichever nodes they come from.
    ///
    /// Errors: `Conflict(ChangedMeanwhile)`, `Invalid(settings | switches | zh | en | level)`, `Invalid(action | purpose)`.
    async fn change_operations(
        &self,
        change: OperationsChange,
        version: Option<u64>,
        audit: AuditEntry,
    ) -> Result<Operations>;

    // The store itself

    /// Counters since the store was opened.
    fn counters(&self) -> StoreCounters;

    /// Finishes what is queued, refuses what comes after (`Unavailable(Closed)`) and closes the database.
    ///
    /// Errors: `Deadline` when a database that stands still kept some of it from being finished in time; nobody was told that it is done.
    async fn close(&self) -> Result<()>;
}
