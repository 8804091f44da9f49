//! A machine of a cluster is away: who lies on it is heard of when it is back, and everybody else at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use yimatong_model::certificate_name::CertificateName;
use yimatong_model::document::Document;
use yimatong_model::ids::{PersonId, SamplingPointId, Slot, StaffId, VenueId};
use yimatong_model::phone::Phone;
use yimatong_model::rule::RulePack;
use yimatong_model::sampling::Barcode;
use yimatong_server::clock::Clock as _;
use yimatong_store::{
    Access, AddRelative, AuditEntry, AuditRow, BindDevice, Bound, CampaignChange, CampaignFile, CampaignMark,
    CampaignRow, CampaignStep, CampaignStore, CaseFileRow, Changes, CheckIn, CommunityRow, DeclarationQuery,
    DeclarationRow, DeviceKey, DraftCampaign, Evidence, Idempotency, ImportPerson, Imported, NewDeclaration,
    NewResult, NewSamplingPoint, NewStaff, NewTubeResult, NewVaccination, NewVenue, OneTimePasswordLimits,
    Operations, OperationsChange, Overdue, OverdueTube, Page, PersonFile, PersonSample, PersonState,
    PointArea, PointLoad, PostedResults, PostedTubeResults, PutOneTimePassword, ReceivedBox, RecordedSamples,
    RecordedVaccinations, Redemption, RegisterPerson, Registered, RelativeAdded, RelativeRemoved,
    RelativeRow, ResampleTaskRow, ResultProof, ReviewDeclaration, RoomRow, RoomStep, RowOutcome, SampleBatch,
    SampleProblemRow, SamplingPointRow, SamplingStore, SlotCounts, StaffChanges, StaffRow, States, Store,
    StoreCounters, StoreError, StoredResult, TakenBack, TaskArea, TubeBoxRow, TubeFile, TubeOutcome,
    Unreached, VenueRow,
};

use crate::city::City;
use crate::resident::register;

type Result<T> = std::result::Result<T, StoreError>;

/// A store of which some people can't be reached, as those of a machine of a cluster that is away.
struct PartlyAway {
    store: Arc<dyn Store>,
    away: Mutex<BTreeSet<PersonId>>,
}

impl PartlyAway {
    /// The states that can be read, and the others.
    fn part(&self, states: Vec<PersonState>) -> (Vec<PersonState>, Vec<PersonState>) {
        let away = self.away.lock().unwrap();
        states.into_iter().partition(|state| !away.contains(&state.person_id))
    }
}

#[tokio::test]
async fn changes_of_people_out_of_reach_come_when_their_machine_is_back_and_others_at_once() {
    let city = City::new().await;
    let (first, second) = (register(&city, 1).await, register(&city, 2).await);
    let people = [city.person(&first.document).await.unwrap(), city.person(&second.document).await.unwrap()];
    let store = Arc::new(PartlyAway { store: Arc::clone(&city.app.store), away: Mutex::default() });
    let node = city.node_on(Arc::clone(&store) as Arc<dyn Store>).await;
    let has_paper = |person| node.app.registry.entry(person).unwrap().paper_slot().is_some();

    store.away.lock().unwrap().insert(people[0]);
    for person in people {
        city.app.store.issue_paper_code(person, None, city.clock.now(), None).await.unwrap();
    }
    node.app.follow_registry().await.unwrap();
    assert_eq!(people.map(has_paper), [false, true]);
    assert_eq!(node.app.registry.unreached(), 1);
    assert!(
        node.app.registry.whole_sequence() < node.app.registry.sequence(),
        "where a snapshot begins again"
    );
    node.app.follow_registry().await.unwrap();
    assert_eq!((people.map(has_paper), node.app.registry.unreached()), ([false, true], 1), "asked in vain");

    store.away.lock().unwrap().clear();
    node.app.follow_registry().await.unwrap();
    assert_eq!((people.map(has_paper), node.app.registry.unreached()), ([true, true], 0));
    assert_eq!(node.app.registry.whole_sequence(), city.app.store.latest_seq().await.unwrap());
}

#[async_trait]
impl Store for PartlyAway {
    async fn changes_since(&self, seq: u64, limit: usize) -> Result<Changes> {
        let page = self.store.changes_since(seq, limit).await?;
        let Changes::Page { states, last_seq, .. } = page else { return Ok(page) };
        let (here, away) = self.part(states);
        let unreached =
            away.iter().map(|state| Unreached { person: state.person_id, seq: state.seq }).collect();
        Ok(Changes::Page { states: here, last_seq, unreached })
    }

    async fn states_of(&self, people: Vec<PersonId>) -> Result<States> {
        let read = self.store.states_of(people).await?;
        let (states, away) = self.part(read.states);
        Ok(States { states, unreached: away.iter().map(|state| state.person_id).collect() })
    }

    async fn register_person(
        &self,
        person: RegisterPerson,
        idempotency: Option<Idempotency>,
    ) -> Result<Registered> {
        self.store.register_person(person, idempotency).await
    }

    async fn bind_device(&self, device: BindDevice, idempotency: Option<Idempotency>) -> Result<Bound> {
        self.store.bind_device(device, idempotency).await
    }

    async fn unbind_device(&self, person: PersonId, slot: Slot, now: Timestamp) -> Result<PersonState> {
        self.store.unbind_device(person, slot, now).await
    }

    async fn device_of(&self, person: PersonId) -> Result<Option<(Slot, DeviceKey)>> {
        self.store.device_of(person).await
    }

    async fn find_person(&self, document: &Document) -> Result<Option<PersonId>> {
        self.store.find_person(document).await
    }

    async fn person_by_phone(&self, phone: &Phone) -> Result<Option<PersonId>> {
        self.store.person_by_phone(phone).await
    }

    async fn read_person_file(&self, person: PersonId, access: Access) -> Result<PersonFile> {
        self.store.read_person_file(person, access).await
    }

    async fn check_person(&self, document: &Document, access: Access) -> Result<Option<PersonId>> {
        self.store.check_person(document, access).await
    }

    async fn import_people(&self, people: Vec<ImportPerson>, now: Timestamp) -> Result<Imported> {
        self.store.import_people(people, now).await
    }

    async fn add_relative(
        &self,
        relative: AddRelative,
        idempotency: Option<Idempotency>,
    ) -> Result<RelativeAdded> {
        self.store.add_relative(relative, idempotency).await
    }

    async fn remove_relative(
        &self,
        holder: PersonId,
        relative: PersonId,
        now: Timestamp,
    ) -> Result<RelativeRemoved> {
        self.store.remove_relative(holder, relative, now).await
    }

    async fn relatives_of(&self, holder: PersonId) -> Result<Vec<RelativeRow>> {
        self.store.relatives_of(holder).await
    }

    async fn issue_paper_code(
        &self,
        person: PersonId,
        by: Option<Access>,
        now: Timestamp,
        idempotency: Option<Idempotency>,
    ) -> Result<Bound> {
        self.store.issue_paper_code(person, by, now, idempotency).await
    }

    async fn post_results(
        &self,
        results: Vec<NewResult>,
        rules: Arc<RulePack>,
        now: Timestamp,
    ) -> Result<PostedResults> {
        self.store.post_results(results, rules, now).await
    }

    async fn result_history(
        &self,
        person: PersonId,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<StoredResult>> {
        self.store.result_history(person, cursor, limit).await
    }

    async fn result_proof(
        &self,
        person: PersonId,
        id: [u8; 16],
        now: Timestamp,
    ) -> Result<Option<ResultProof>> {
        self.store.result_proof(person, id, now).await
    }

    async fn add_institution(&self, name: &str) -> Result<u16> {
        self.store.add_institution(name).await
    }

    async fn institutions(&self) -> Result<Vec<(u16, String)>> {
        self.store.institutions().await
    }

    async fn record_vaccinations(
        &self,
        vaccinations: Vec<NewVaccination>,
        now: Timestamp,
    ) -> Result<RecordedVaccinations> {
        self.store.record_vaccinations(vaccinations, now).await
    }

    async fn create_venue(&self, venue: NewVenue, idempotency: Option<Idempotency>) -> Result<VenueRow> {
        self.store.create_venue(venue, idempotency).await
    }

    async fn import_venues(&self, venues: Vec<NewVenue>) -> Result<usize> {
        self.store.import_venues(venues).await
    }

    async fn venue(&self, venue: VenueId) -> Result<Option<VenueRow>> {
        self.store.venue(venue).await
    }

    async fn list_venues(&self, query: &str, cursor: Option<String>, limit: usize) -> Result<Page<VenueRow>> {
        self.store.list_venues(query, cursor, limit).await
    }

    async fn record_check_ins(
        &self,
        venue: VenueId,
        check_ins: Vec<CheckIn>,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>> {
        self.store.record_check_ins(venue, check_ins, now).await
    }

    async fn list_check_ins(
        &self,
        venue: VenueId,
        day: Date,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<CheckIn>> {
        self.store.list_check_ins(venue, day, cursor, limit).await
    }

    async fn drop_check_ins_before(&self, day: Date) -> Result<usize> {
        self.store.drop_check_ins_before(day).await
    }

    async fn import_communities(&self, communities: Vec<CommunityRow>) -> Result<usize> {
        self.store.import_communities(communities).await
    }

    async fn list_communities(
        &self,
        query: &str,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<CommunityRow>> {
        self.store.list_communities(query, cursor, limit).await
    }

    async fn create_staff(&self, staff: NewStaff, idempotency: Option<Idempotency>) -> Result<StaffId> {
        self.store.create_staff(staff, idempotency).await
    }

    async fn staff_by_name(&self, name: &str) -> Result<Option<StaffRow>> {
        self.store.staff_by_name(name).await
    }

    async fn list_staff(&self, cursor: Option<String>, limit: usize) -> Result<Page<StaffRow>> {
        self.store.list_staff(cursor, limit).await
    }

    async fn set_staff_disabled(
        &self,
        staff: StaffId,
        disabled: bool,
        by: Option<StaffId>,
        now: Timestamp,
    ) -> Result<()> {
        self.store.set_staff_disabled(staff, disabled, by, now).await
    }

    async fn use_totp_step(&self, staff: StaffId, step: u64) -> Result<bool> {
        self.store.use_totp_step(staff, step).await
    }

    async fn append_audit(&self, entry: AuditEntry) -> Result<u64> {
        self.store.append_audit(entry).await
    }

    async fn list_audit(&self, cursor: Option<String>, limit: usize) -> Result<Page<AuditRow>> {
        self.store.list_audit(cursor, limit).await
    }

    async fn load_states(&self, after: Option<PersonId>, limit: usize) -> Result<Vec<PersonState>> {
        self.store.load_states(after, limit).await
    }

    async fn person_state(&self, person: PersonId) -> Result<Option<PersonState>> {
        self.store.person_state(person).await
    }

    async fn latest_seq(&self) -> Result<u64> {
        self.store.latest_seq().await
    }

    async fn feed_epoch(&self) -> Result<u32> {
        self.store.feed_epoch().await
    }

    async fn slots_count(&self) -> Result<SlotCounts> {
        self.store.slots_count().await
    }

    async fn purge_expired(&self, now: Timestamp) -> Result<u64> {
        self.store.purge_expired(now).await
    }

    async fn room(&self) -> Result<RoomRow> {
        self.store.room().await
    }

    async fn step_room(&self, step: RoomStep) -> Result<RoomRow> {
        self.store.step_room(step).await
    }

    async fn take_lease(&self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool> {
        self.store.take_lease(name, holder, now, until).await
    }

    async fn database_time(&self) -> Result<Option<Timestamp>> {
        self.store.database_time().await
    }

    async fn operations(&self) -> Result<Operations> {
        self.store.operations().await
    }

    async fn change_operations(
        &self,
        change: OperationsChange,
        version: Option<u64>,
        audit: AuditEntry,
    ) -> Result<Operations> {
        self.store.change_operations(change, version, audit).await
    }

    fn counters(&self) -> StoreCounters {
        self.store.counters()
    }

    async fn close(&self) -> Result<()> {
        self.store.close().await
    }

    async fn put_one_time_password(
        &self,
        phone: &Phone,
        code_hash: [u8; 32],
        expires: Timestamp,
        limits: OneTimePasswordLimits,
        now: Timestamp,
    ) -> Result<PutOneTimePassword> {
        self.store.put_one_time_password(phone, code_hash, expires, limits, now).await
    }

    async fn redeem_one_time_password(
        &self,
        phone: &Phone,
        code_hash: [u8; 32],
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Redemption> {
        self.store.redeem_one_time_password(phone, code_hash, idempotency, now).await
    }

    async fn end_staff_session(&self, session: [u8; 8], until: Timestamp) -> Result<()> {
        self.store.end_staff_session(session, until).await
    }

    async fn staff_changes_since(&self, change: u64) -> Result<StaffChanges> {
        self.store.staff_changes_since(change).await
    }
}

#[async_trait]
impl SamplingStore for PartlyAway {
    async fn add_sampling_point(
        &self,
        point: NewSamplingPoint,
        idempotency: Option<Idempotency>,
    ) -> Result<SamplingPointRow> {
        self.store.add_sampling_point(point, idempotency).await
    }

    async fn list_sampling_points(
        &self,
        query: &str,
        area: PointArea,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<SamplingPointRow>> {
        self.store.list_sampling_points(query, area, cursor, limit).await
    }

    async fn close_sampling_point(&self, point: SamplingPointId, now: Timestamp) -> Result<SamplingPointRow> {
        self.store.close_sampling_point(point, now).await
    }

    async fn tell_queue(
        &self,
        point: SamplingPointId,
        waiting: u16,
        now: Timestamp,
    ) -> Result<SamplingPointRow> {
        self.store.tell_queue(point, waiting, now).await
    }

    async fn sampling_point_loads(&self, now: Timestamp) -> Result<BTreeMap<SamplingPointId, PointLoad>> {
        self.store.sampling_point_loads(now).await
    }

    async fn record_samples(&self, batch: SampleBatch, now: Timestamp) -> Result<RecordedSamples> {
        self.store.record_samples(batch, now).await
    }

    async fn undo_sample(
        &self,
        barcode: Barcode,
        sample: [u8; 16],
        by: StaffId,
        remark: &str,
        now: Timestamp,
    ) -> Result<Option<PersonState>> {
        self.store.undo_sample(barcode, sample, by, remark, now).await
    }

    async fn seal_tubes(
        &self,
        tubes: Vec<(Barcode, Timestamp)>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>> {
        self.store.seal_tubes(tubes, staff, now).await
    }

    async fn samples_of(
        &self,
        person: PersonId,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<PersonSample>> {
        self.store.samples_of(person, cursor, limit).await
    }

    async fn tube(&self, barcode: Barcode, access: Access) -> Result<Option<TubeFile>> {
        self.store.tube(barcode, access).await
    }

    async fn pack_box(
        &self,
        in_box: Barcode,
        point: SamplingPointId,
        tubes: Vec<Barcode>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<TubeBoxRow> {
        self.store.pack_box(in_box, point, tubes, staff, now).await
    }

    async fn hand_over_box(&self, in_box: Barcode, courier: &str, now: Timestamp) -> Result<TubeBoxRow> {
        self.store.hand_over_box(in_box, courier, now).await
    }

    async fn receive_tubes(
        &self,
        in_box: Option<Barcode>,
        tubes: Vec<Barcode>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>> {
        self.store.receive_tubes(in_box, tubes, staff, now).await
    }

    async fn receive_box(&self, in_box: Barcode, staff: StaffId, now: Timestamp) -> Result<ReceivedBox> {
        self.store.receive_box(in_box, staff, now).await
    }

    async fn overdue_tubes(
        &self,
        kind: Overdue,
        before: Timestamp,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<OverdueTube>> {
        self.store.overdue_tubes(kind, before, cursor, limit).await
    }

    async fn check_tube_results(
        &self,
        results: Vec<NewTubeResult>,
        now: Timestamp,
    ) -> Result<Vec<TubeOutcome>> {
        self.store.check_tube_results(results, now).await
    }

    async fn post_tube_results(
        &self,
        results: Vec<NewTubeResult>,
        rules: Arc<RulePack>,
        now: Timestamp,
    ) -> Result<PostedTubeResults> {
        self.store.post_tube_results(results, rules, now).await
    }

    async fn list_resample_tasks(
        &self,
        area: TaskArea,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<ResampleTaskRow>> {
        self.store.list_resample_tasks(area, cursor, limit).await
    }

    async fn list_case_files(&self, cursor: Option<String>, limit: usize) -> Result<Page<CaseFileRow>> {
        self.store.list_case_files(cursor, limit).await
    }

    async fn sample_problems(
        &self,
        only_open: bool,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<SampleProblemRow>> {
        self.store.sample_problems(only_open, cursor, limit).await
    }

    async fn resolve_sample_problem(
        &self,
        problem: u64,
        by: StaffId,
        remark: &str,
        now: Timestamp,
    ) -> Result<SampleProblemRow> {
        self.store.resolve_sample_problem(problem, by, remark, now).await
    }
}

#[async_trait]
impl CampaignStore for PartlyAway {
    async fn draft_campaign(
        &self,
        draft: DraftCampaign,
        idempotency: Option<Idempotency>,
    ) -> Result<CampaignRow> {
        self.store.draft_campaign(draft, idempotency).await
    }

    async fn campaign(&self, number: u16) -> Result<Option<CampaignFile>> {
        self.store.campaign(number).await
    }

    async fn list_campaigns(&self, cursor: Option<String>, limit: usize) -> Result<Page<CampaignRow>> {
        self.store.list_campaigns(cursor, limit).await
    }

    async fn change_campaign(
        &self,
        change: CampaignChange,
        step: CampaignStep,
        idempotency: Option<Idempotency>,
    ) -> Result<CampaignFile> {
        self.store.change_campaign(change, step, idempotency).await
    }

    async fn give_missed(
        &self,
        campaign: u16,
        people: Vec<PersonId>,
        now: Timestamp,
    ) -> Result<Vec<PersonState>> {
        self.store.give_missed(campaign, people, now).await
    }

    async fn take_back_missed(&self, campaign: u16, limit: usize, now: Timestamp) -> Result<TakenBack> {
        self.store.take_back_missed(campaign, limit, now).await
    }

    async fn declare(
        &self,
        declaration: NewDeclaration,
        idempotency: Option<Idempotency>,
    ) -> Result<DeclarationRow> {
        self.store.declare(declaration, idempotency).await
    }

    async fn declarations_of(&self, person: PersonId) -> Result<Vec<DeclarationRow>> {
        self.store.declarations_of(person).await
    }

    async fn list_declarations(
        &self,
        query: DeclarationQuery,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<DeclarationRow>> {
        self.store.list_declarations(query, cursor, limit).await
    }

    async fn declarations_since(
        &self,
        since: Timestamp,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<DeclarationRow>> {
        self.store.declarations_since(since, cursor, limit).await
    }

    async fn name_fits(&self, person: PersonId, name: CertificateName) -> Result<bool> {
        self.store.name_fits(person, name).await
    }

    async fn campaign_marks(&self) -> Result<Vec<CampaignMark>> {
        self.store.campaign_marks().await
    }

    async fn review_declaration(
        &self,
        review: ReviewDeclaration,
        idempotency: Option<Idempotency>,
    ) -> Result<DeclarationRow> {
        self.store.review_declaration(review, idempotency).await
    }

    async fn read_evidence(
        &self,
        person: PersonId,
        declaration: [u8; 16],
        access: Access,
    ) -> Result<Evidence> {
        self.store.read_evidence(person, declaration, access).await
    }
}
