//! The trait's verbs, each sent to the writer or to a reader under its own name.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use yimatong_model::document::Document;
use yimatong_model::ids::{PersonId, Slot, StaffId, VenueId};
use yimatong_model::phone::Phone;
use yimatong_model::rule::RulePack;

use super::open::SqliteStore;
use super::{
    audit, bulk, change, check_in, community, device, idempotency, institution, lease, one_time_password,
    operations, paper, person, person_file, relative, result, result_proof, room, sampling_load, slot, staff,
    staff_change, state, state_pages, vaccination, venue,
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
impl Store for SqliteStore {
    async fn register_person(&self, new: RegisterPerson, key: Option<Idempotency>) -> Result<Registered> {
        self.write("register_person", move |tx| person::register(tx, &new, key)).await
    }

    async fn bind_device(&self, new: BindDevice, key: Option<Idempotency>) -> Result<Bound> {
        self.write("bind_device", move |tx| device::bind(tx, &new, key)).await
    }

    async fn unbind_device(&self, person: PersonId, slot: Slot, now: Timestamp) -> Result<PersonState> {
        self.write("unbind_device", move |tx| device::unbind(tx, person, slot, now)).await
    }

    async fn device_of(&self, person: PersonId) -> Result<Option<(Slot, DeviceKey)>> {
        self.read("device_of", move |view| slot::device_of(view, person)).await
    }

    async fn find_person(&self, document: &Document) -> Result<Option<PersonId>> {
        let document = document.clone();
        self.read("find_person", move |view| person::find(view, &document)).await
    }

    async fn person_by_phone(&self, phone: &Phone) -> Result<Option<PersonId>> {
        let phone = *phone;
        self.read("person_by_phone", move |view| person::by_phone(view, &phone)).await
    }

    async fn read_person_file(&self, person: PersonId, access: Access) -> Result<PersonFile> {
        self.write("read_person_file", move |tx| person_file::read(tx, person, &access)).await
    }

    async fn check_person(&self, document: &Document, access: Access) -> Result<Option<PersonId>> {
        let document = document.clone();
        self.write("check_person", move |tx| audit::check_person(tx, &document, &access)).await
    }

    async fn import_people(&self, people: Vec<ImportPerson>, now: Timestamp) -> Result<Imported> {
        let (keys, rng) = (Arc::clone(&self.keys), Arc::clone(&self.rng));
        let prepared = tokio::task::spawn_blocking(move || crate::bulk::prepare(&keys, rng.as_ref(), people))
            .await
            .map_err(|_| StoreError::Unavailable(Outage::Closed))??;
        self.write("import_people", move |tx| bulk::import(tx, &prepared, now)).await
    }

    async fn add_relative(&self, new: AddRelative, key: Option<Idempotency>) -> Result<RelativeAdded> {
        self.write("add_relative", move |tx| relative::add(tx, &new, key)).await
    }

    async fn remove_relative(
        &self,
        holder: PersonId,
        relative: PersonId,
        now: Timestamp,
    ) -> Result<RelativeRemoved> {
        self.write("remove_relative", move |tx| relative::remove(tx, holder, relative, now)).await
    }

    async fn relatives_of(&self, holder: PersonId) -> Result<Vec<RelativeRow>> {
        self.read("relatives_of", move |view| relative::of_holder(view, holder)).await
    }

    async fn issue_paper_code(
        &self,
        person: PersonId,
        by: Option<Access>,
        now: Timestamp,
        key: Option<Idempotency>,
    ) -> Result<Bound> {
        self.write("issue_paper_code", move |tx| paper::issue(tx, person, by.as_ref(), now, key)).await
    }

    async fn post_results(
        &self,
        results: Vec<NewResult>,
        rules: Arc<RulePack>,
        now: Timestamp,
    ) -> Result<PostedResults> {
        self.write("post_results", move |tx| result::post(tx, &results, &rules, now)).await
    }

    async fn result_history(
        &self,
        person: PersonId,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<StoredResult>> {
        self.read("result_history", move |view| result::history(view, person, cursor.as_deref(), limit)).await
    }

    async fn result_proof(
        &self,
        person: PersonId,
        id: [u8; 16],
        now: Timestamp,
    ) -> Result<Option<ResultProof>> {
        self.write("result_proof", move |tx| result_proof::read(tx, person, &id, now)).await
    }

    async fn add_institution(&self, name: &str) -> Result<u16> {
        let name = name.to_owned();
        self.write("add_institution", move |tx| institution::add(tx, &name)).await
    }

    async fn institutions(&self) -> Result<Vec<(u16, String)>> {
        self.read("institutions", institution::all).await
    }

    async fn record_vaccinations(
        &self,
        vaccinations: Vec<NewVaccination>,
        now: Timestamp,
    ) -> Result<RecordedVaccinations> {
        self.write("record_vaccinations", move |tx| vaccination::record(tx, &vaccinations, now)).await
    }

    async fn create_venue(&self, new: NewVenue, key: Option<Idempotency>) -> Result<VenueRow> {
        self.write("create_venue", move |tx| venue::create(tx, &new, key)).await
    }

    async fn import_venues(&self, venues: Vec<NewVenue>) -> Result<usize> {
        self.write("import_venues", move |tx| venue::import(tx, &venues)).await
    }

    async fn venue(&self, venue: VenueId) -> Result<Option<VenueRow>> {
        self.read("venue", move |view| venue::find(view, venue)).await
    }

    async fn list_venues(&self, query: &str, cursor: Option<String>, limit: usize) -> Result<Page<VenueRow>> {
        let query = query.to_owned();
        self.read("list_venues", move |view| venue::list(view, &query, cursor.as_deref(), limit)).await
    }

    async fn record_check_ins(
        &self,
        venue: VenueId,
        check_ins: Vec<CheckIn>,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>> {
        self.write("record_check_ins", move |tx| check_in::record(tx, venue, &check_ins, now)).await
    }

    async fn list_check_ins(
        &self,
        venue: VenueId,
        day: Date,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<CheckIn>> {
        self.read("list_check_ins", move |view| check_in::list(view, venue, day, cursor.as_deref(), limit))
            .await
    }

    async fn drop_check_ins_before(&self, day: Date) -> Result<usize> {
        self.write("drop_check_ins_before", move |tx| check_in::drop_before(tx, day)).await
    }

    async fn import_communities(&self, communities: Vec<CommunityRow>) -> Result<usize> {
        self.write("import_communities", move |tx| community::import(tx, &communities)).await
    }

    async fn list_communities(
        &self,
        query: &str,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<CommunityRow>> {
        let query = query.to_owned();
        self.read("list_communities", move |view| community::list(view, &query, cursor.as_deref(), limit))
            .await
    }

    async fn create_staff(&self, new: NewStaff, key: Option<Idempotency>) -> Result<StaffId> {
        self.write("create_staff", move |tx| staff::create(tx, &new, key)).await
    }

    async fn staff_by_name(&self, name: &str) -> Result<Option<StaffRow>> {
        let name = name.to_owned();
        self.read("staff_by_name", move |view| staff::by_name(view, &name)).await
    }

    async fn list_staff(&self, cursor: Option<String>, limit: usize) -> Result<Page<StaffRow>> {
        self.read("list_staff", move |view| staff::list(view, cursor.as_deref(), limit)).await
    }

    async fn set_staff_disabled(
        &self,
        staff: StaffId,
        disabled: bool,
        by: Option<StaffId>,
        now: Timestamp,
    ) -> Result<()> {
        self.write("set_staff_disabled", move |tx| staff::set_disabled(tx, staff, disabled, by, now)).await
    }

    async fn end_staff_session(&self, session: [u8; 8], until: Timestamp) -> Result<()> {
        self.write("end_staff_session", move |tx| staff_change::end_session(tx, session, until)).await
    }

    async fn staff_changes_since(&self, change: u64) -> Result<StaffChanges> {
        self.read("staff_changes_since", move |view| staff_change::since(view, change)).await
    }

    async fn use_totp_step(&self, staff: StaffId, step: u64) -> Result<bool> {
        self.write("use_totp_step", move |tx| staff::use_totp_step(tx, staff, step)).await
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
        self.write("put_one_time_password", move |tx| {
            one_time_password::put(tx, &tag, &code_hash, expires, limits, now)
        })
        .await
    }

    async fn redeem_one_time_password(
        &self,
        phone: &Phone,
        code_hash: [u8; 32],
        key: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Redemption> {
        let tag = self.keys.phone_tag(phone);
        self.write("redeem_one_time_password", move |tx| {
            one_time_password::redeem(tx, &tag, &code_hash, key, now)
        })
        .await
    }

    async fn append_audit(&self, entry: AuditEntry) -> Result<u64> {
        self.write("append_audit", move |tx| audit::append(tx, &entry)).await
    }

    async fn list_audit(&self, cursor: Option<String>, limit: usize) -> Result<Page<AuditRow>> {
        self.read("list_audit", move |view| audit::list(view, cursor.as_deref(), limit)).await
    }

    async fn load_states(&self, after: Option<PersonId>, limit: usize) -> Result<Vec<PersonState>> {
        self.read("load_states", move |view| state_pages::load(view, after, limit)).await
    }

    async fn latest_seq(&self) -> Result<u64> {
        self.read("latest_seq", change::latest).await
    }

    async fn person_state(&self, person: PersonId) -> Result<Option<PersonState>> {
        self.read("person_state", move |view| state::find(view, person)).await
    }

    /// Always one: the file is this process's alone, and one that was put back while it was closed is known by its numbers.
    async fn feed_epoch(&self) -> Result<u32> {
        self.read("feed_epoch", |_| Ok(1)).await
    }

    async fn changes_since(&self, seq: u64, limit: usize) -> Result<Changes> {
        self.read("changes_since", move |view| change::since(view, seq, limit)).await
    }

    async fn states_of(&self, people: Vec<PersonId>) -> Result<States> {
        let people: BTreeSet<PersonId> = people.into_iter().collect();
        self.read("states_of", move |view| {
            let found = people.into_iter().filter_map(|person| state::find(view, person).transpose());
            Ok(States { states: found.collect::<Result<_>>()?, unreached: Vec::new() })
        })
        .await
    }

    async fn slots_count(&self) -> Result<SlotCounts> {
        self.read("slots_count", slot::counts).await
    }

    async fn purge_expired(&self, now: Timestamp) -> Result<u64> {
        self.write("purge_expired", move |tx| {
            let gone =
                one_time_password::purge(tx, now)? + idempotency::purge(tx, now)? + change::purge(tx, now)?;
            let gone = gone + sampling_load::purge(tx, now)?;
            Ok((gone + staff_change::purge(tx, now)?) as u64)
        })
        .await
    }

    async fn room(&self) -> Result<RoomRow> {
        self.read("room", room::read).await
    }

    async fn step_room(&self, step: RoomStep) -> Result<RoomRow> {
        self.write("step_room", move |tx| room::step(tx, step)).await
    }

    async fn take_lease(&self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.write("take_lease", move |tx| lease::take(tx, &name, &holder, now, until)).await
    }

    async fn database_time(&self) -> Result<Option<Timestamp>> {
        self.read("database_time", |_| Ok(None)).await
    }

    async fn operations(&self) -> Result<Operations> {
        self.read("operations", operations::read).await
    }

    async fn change_operations(
        &self,
        change: OperationsChange,
        version: Option<u64>,
        audit: AuditEntry,
    ) -> Result<Operations> {
        self.write("change_operations", move |tx| operations::change(tx, &change, version, &audit)).await
    }

    fn counters(&self) -> StoreCounters {
        self.count()
    }

    async fn close(&self) -> Result<()> {
        self.shut_down().await
    }
}
