//! The trait's verbs, each in a transaction under its own name.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use yimatong_model::document::Document;
use yimatong_model::ids::{PersonId, Slot, StaffId, VenueId};
use yimatong_model::phone::Phone;
use yimatong_model::rule::RulePack;

use super::attempt::{Mode, transact};
use super::check_in::Batch;
use super::open::PostgresStore;
use super::register_many::Registration;
use super::{
    audit, bulk, change, check_in, clock, community, device, idempotency, institution, lease,
    one_time_password, operations, paper, person, person_file, relative, result, result_proof, room,
    sampling_load, slot, staff, staff_change, state, state_pages, vaccination, venue,
};
use crate::access::{Access, AuditEntry, AuditRow};
use crate::check_in::CheckIn;
use crate::community::CommunityRow;
use crate::counters::StoreCounters;
use crate::error::{Outage, Result, StoreError};
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
use crate::staff::{NewStaff, StaffChanges, StaffRow};
use crate::state::{Changes, PersonState, SlotCounts, States};
use crate::store::Store;
use crate::vaccination::{NewVaccination, RecordedVaccinations};
use crate::venue::{NewVenue, VenueRow};

#[async_trait]
impl Store for PostgresStore {
    async fn register_person(&self, new: RegisterPerson, key: Option<Idempotency>) -> Result<Registered> {
        self.registrations.submit(Registration { new, key }).await
    }

    async fn bind_device(&self, new: BindDevice, key: Option<Idempotency>) -> Result<Bound> {
        transact!(self, "bind_device", idempotency::mode(key), tx => device::bind(tx, &new, key))
    }

    async fn unbind_device(&self, person: PersonId, slot: Slot, now: Timestamp) -> Result<PersonState> {
        transact!(self, "unbind_device", Mode::Write, tx => device::unbind(tx, person, slot, now))
    }

    async fn device_of(&self, person: PersonId) -> Result<Option<(Slot, DeviceKey)>> {
        transact!(self, "device_of", Mode::Read, tx => slot::device_of(tx, person))
    }

    async fn find_person(&self, document: &Document) -> Result<Option<PersonId>> {
        transact!(self, "find_person", Mode::Read, tx => person::find(tx, document))
    }

    async fn person_by_phone(&self, phone: &Phone) -> Result<Option<PersonId>> {
        transact!(self, "person_by_phone", Mode::Read, tx => person::by_phone(tx, phone))
    }

    async fn read_person_file(&self, person: PersonId, access: Access) -> Result<PersonFile> {
        transact!(self, "read_person_file", Mode::Write, tx => person_file::read(tx, person, &access))
    }

    async fn check_person(&self, document: &Document, access: Access) -> Result<Option<PersonId>> {
        transact!(self, "check_person", Mode::Write, tx => audit::check_person(tx, document, &access))
    }

    async fn import_people(&self, people: Vec<ImportPerson>, now: Timestamp) -> Result<Imported> {
        let (keys, rng) = (Arc::clone(&self.keys), Arc::clone(&self.rng));
        let prepared = tokio::task::spawn_blocking(move || crate::bulk::prepare(&keys, rng.as_ref(), people))
            .await
            .map_err(|_| StoreError::Unavailable(Outage::Closed))??;
        let seq = transact!(self, "import_people", Mode::WriteAgain, tx => bulk::take_number(tx))?;
        transact!(self, "import_people", Mode::WriteAgain, tx => bulk::import(tx, &prepared, seq, now))
    }

    async fn add_relative(&self, new: AddRelative, key: Option<Idempotency>) -> Result<RelativeAdded> {
        transact!(self, "add_relative", idempotency::mode(key), tx => relative::add(tx, &new, key))
    }

    async fn remove_relative(
        &self,
        holder: PersonId,
        relative: PersonId,
        now: Timestamp,
    ) -> Result<RelativeRemoved> {
        transact!(self, "remove_relative", Mode::Write, tx => relative::remove(tx, holder, relative, now))
    }

    async fn relatives_of(&self, holder: PersonId) -> Result<Vec<RelativeRow>> {
        transact!(self, "relatives_of", Mode::Read, tx => relative::of_holder(tx, holder))
    }

    async fn issue_paper_code(
        &self,
        person: PersonId,
        by: Option<Access>,
        now: Timestamp,
        key: Option<Idempotency>,
    ) -> Result<Bound> {
        transact!(self, "issue_paper_code", idempotency::mode(key), tx => paper::issue(tx, person, by.as_ref(), now, key))
    }

    async fn post_results(
        &self,
        results: Vec<NewResult>,
        rules: Arc<RulePack>,
        now: Timestamp,
    ) -> Result<PostedResults> {
        transact!(self, "post_results", Mode::Write, tx => result::post(tx, &results, &rules, now))
    }

    async fn result_history(
        &self,
        person: PersonId,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<StoredResult>> {
        transact!(self, "result_history", Mode::History, tx => result::history(tx, person, cursor.as_deref(), limit))
    }

    async fn result_proof(
        &self,
        person: PersonId,
        id: [u8; 16],
        now: Timestamp,
    ) -> Result<Option<ResultProof>> {
        transact!(self, "result_proof", Mode::Write, tx => result_proof::read(tx, person, &id, now))
    }

    async fn add_institution(&self, name: &str) -> Result<u16> {
        transact!(self, "add_institution", Mode::Write, tx => institution::add(tx, name))
    }

    async fn institutions(&self) -> Result<Vec<(u16, String)>> {
        transact!(self, "institutions", Mode::Read, tx => institution::all(tx))
    }

    async fn record_vaccinations(
        &self,
        vaccinations: Vec<NewVaccination>,
        now: Timestamp,
    ) -> Result<RecordedVaccinations> {
        transact!(self, "record_vaccinations", Mode::Write, tx => vaccination::record(tx, &vaccinations, now))
    }

    async fn create_venue(&self, new: NewVenue, key: Option<Idempotency>) -> Result<VenueRow> {
        transact!(self, "create_venue", idempotency::mode(key), tx => venue::create(tx, &new, key))
    }

    async fn import_venues(&self, venues: Vec<NewVenue>) -> Result<usize> {
        transact!(self, "import_venues", Mode::WriteAgain, tx => venue::import(tx, &venues))
    }

    async fn venue(&self, venue: VenueId) -> Result<Option<VenueRow>> {
        transact!(self, "venue", Mode::Read, tx => venue::find(tx, venue))
    }

    async fn list_venues(&self, query: &str, cursor: Option<String>, limit: usize) -> Result<Page<VenueRow>> {
        transact!(self, "list_venues", Mode::Read, tx => venue::list(tx, query, cursor.as_deref(), limit))
    }

    async fn record_check_ins(
        &self,
        venue: VenueId,
        check_ins: Vec<CheckIn>,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>> {
        check_in::check(&check_ins)?;
        self.check_ins.submit(Batch { venue, check_ins, now }).await
    }

    async fn list_check_ins(
        &self,
        venue: VenueId,
        day: Date,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<CheckIn>> {
        transact!(self, "list_check_ins", Mode::Read, tx => check_in::list(tx, venue, day, cursor.as_deref(), limit))
    }

    async fn drop_check_ins_before(&self, day: Date) -> Result<usize> {
        transact!(self, "drop_check_ins_before", Mode::WriteAgain, tx => check_in::raise_floor(tx, day))?;
        self.drop_days_before(day).await
    }

    async fn import_communities(&self, communities: Vec<CommunityRow>) -> Result<usize> {
        transact!(self, "import_communities", Mode::WriteAgain, tx => community::import(tx, &communities))
    }

    async fn list_communities(
        &self,
        query: &str,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<CommunityRow>> {
        transact!(self, "list_communities", Mode::Read, tx => community::list(tx, query, cursor.as_deref(), limit))
    }

    async fn create_staff(&self, new: NewStaff, key: Option<Idempotency>) -> Result<StaffId> {
        transact!(self, "create_staff", idempotency::mode(key), tx => staff::create(tx, &new, key))
    }

    async fn staff_by_name(&self, name: &str) -> Result<Option<StaffRow>> {
        transact!(self, "staff_by_name", Mode::Read, tx => staff::by_name(tx, name))
    }

    async fn list_staff(&self, cursor: Option<String>, limit: usize) -> Result<Page<StaffRow>> {
        transact!(self, "list_staff", Mode::Read, tx => staff::list(tx, cursor.as_deref(), limit))
    }

    async fn set_staff_disabled(
        &self,
        staff: StaffId,
        disabled: bool,
        by: Option<StaffId>,
        now: Timestamp,
    ) -> Result<()> {
        transact!(self, "set_staff_disabled", Mode::Write, tx => staff::set_disabled(tx, staff, disabled, by, now))
    }

    async fn end_staff_session(&self, session: [u8; 8], until: Timestamp) -> Result<()> {
        transact!(self, "end_staff_session", Mode::WriteAgain, tx => staff_change::end_session(tx, session, until))
    }

    async fn staff_changes_since(&self, change: u64) -> Result<StaffChanges> {
        transact!(self, "staff_changes_since", Mode::Read, tx => staff_change::since(tx, change))
    }

    async fn use_totp_step(&self, staff: StaffId, step: u64) -> Result<bool> {
        transact!(self, "use_totp_step", Mode::Write, tx => staff::use_totp_step(tx, staff, step))
    }

    async fn put_one_time_password(
        &self,
        phone: &Phone,
        code_hash: [u8; 32],
        expires: Timestamp,
        limits: OneTimePasswordLimits,
        now: Timestamp,
    ) -> Result<PutOneTimePassword> {
        let tag = self.keys.phone_tag(phone);
        transact!(self, "put_one_time_password", Mode::Write, tx => {
            one_time_password::put(tx, &tag, &code_hash, expires, limits, now)
        })
    }

    async fn redeem_one_time_password(
        &self,
        phone: &Phone,
        code_hash: [u8; 32],
        key: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Redemption> {
        let tag = self.keys.phone_tag(phone);
        transact!(self, "redeem_one_time_password", idempotency::mode(key), tx => {
            one_time_password::redeem(tx, &tag, &code_hash, key, now)
        })
    }

    async fn append_audit(&self, entry: AuditEntry) -> Result<u64> {
        transact!(self, "append_audit", Mode::Write, tx => audit::append(tx, &entry))
    }

    async fn list_audit(&self, cursor: Option<String>, limit: usize) -> Result<Page<AuditRow>> {
        transact!(self, "list_audit", Mode::History, tx => audit::list(tx, cursor.as_deref(), limit))
    }

    async fn load_states(&self, after: Option<PersonId>, limit: usize) -> Result<Vec<PersonState>> {
        state_pages::load(&self.shared, after, limit).await
    }

    async fn latest_seq(&self) -> Result<u64> {
        transact!(self, "latest_seq", Mode::Read, tx => change::latest(tx))
    }

    async fn person_state(&self, person: PersonId) -> Result<Option<PersonState>> {
        transact!(self, "person_state", Mode::Read, tx => state::find(tx, person))
    }

    async fn feed_epoch(&self) -> Result<u32> {
        transact!(self, "feed_epoch", Mode::Read, tx => change::epoch(tx))
    }

    async fn changes_since(&self, seq: u64, limit: usize) -> Result<Changes> {
        change::since(self, seq, limit).await
    }

    async fn states_of(&self, people: Vec<PersonId>) -> Result<States> {
        (**self).states_of(&people.into_iter().collect(), true).await
    }

    async fn slots_count(&self) -> Result<SlotCounts> {
        transact!(self, "slots_count", Mode::History, tx => slot::counts(tx))
    }

    async fn purge_expired(&self, now: Timestamp) -> Result<u64> {
        let mut gone = 0;
        loop {
            let more = transact!(self, "purge_expired", Mode::WriteAgain, tx => async {
                let passwords = one_time_password::purge(tx, now).await?;
                let others = idempotency::purge(tx, now).await? + staff_change::purge(tx, now).await?;
                let others = others + sampling_load::purge(tx, now).await?;
                Ok(passwords + others + change::purge(tx, now).await?)
            })?;
            if more == 0 {
                return Ok(gone);
            }
            gone += more;
        }
    }

    async fn room(&self) -> Result<RoomRow> {
        transact!(self, "room", Mode::Read, tx => room::read(tx))
    }

    async fn step_room(&self, step: RoomStep) -> Result<RoomRow> {
        transact!(self, "step_room", Mode::Write, tx => room::step(tx, step))
    }

    async fn take_lease(&self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool> {
        transact!(self, "take_lease", Mode::WriteAgain, tx => lease::take(tx, name, holder, now, until))
    }

    async fn database_time(&self) -> Result<Option<Timestamp>> {
        transact!(self, "database_time", Mode::Read, tx => clock::now(tx)).map(Some)
    }

    async fn operations(&self) -> Result<Operations> {
        transact!(self, "operations", Mode::Read, tx => operations::read(tx))
    }

    async fn change_operations(
        &self,
        change: OperationsChange,
        version: Option<u64>,
        audit: AuditEntry,
    ) -> Result<Operations> {
        transact!(self, "change_operations", Mode::Write, tx => operations::change(tx, &change, version, &audit))
    }

    fn counters(&self) -> StoreCounters {
        self.count()
    }

    async fn close(&self) -> Result<()> {
        self.shut_down().await
    }
}
