//! A small city on SQLite with everything in it, and copies of it.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::date;
use tempfile::TempDir;
use yimatong_model::campaign::{Campaign, Refinement, SHIPPED, Scope};
use yimatong_model::community::Community;
use yimatong_model::ids::{CommunityId, PersonId, StaffId, VenueId};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::role::Role;
use yimatong_model::sampling::{SampleSource, TubeSize};
use yimatong_model::test_result::{Method, Outcome, Tube};
use yimatong_model::vaccination::Vaccination;
use yimatong_store::{
    AuditEntry, BindDevice, CampaignChange, CampaignStep, CheckIn, CityCopy, CommunityRow, CopyError,
    CopyStart, DeclarationKind, DraftCampaign, Evidence, GateOutcome, Keyring, NewDeclaration, NewResult,
    NewSample, NewSamplingPoint, NewStaff, NewTubeResult, NewVaccination, NoticeRow, OneTimePasswordLimits,
    OperationsChange, PointKind, PostgresOptions, PostgresStore, RegisterPerson, RoomStep, SampleBatch,
    SampledPerson, SqliteOptions, SqliteStore, Store, StoreError, TubeOutcome, Verified,
};
use yimatong_test_database::Database;

use crate::fixtures::*;

pub(crate) const DAY: i64 = 24 * 60;

/// A city that is stopped.
pub(crate) struct City {
    pub(crate) folder: TempDir,
    pub(crate) keys: Arc<Keyring>,
}

impl City {
    /// People, results, check-ins of three days, staff, and a row in every other table.
    pub(crate) async fn full() -> Self {
        let (folder, keys) = keys();
        let city = Self { folder, keys };
        let store = city.open();
        fill(&store).await;
        store.close().await.unwrap();
        city
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("yimatong.db")
    }

    /// The city in use.
    pub(crate) fn open(&self) -> SqliteStore {
        let options = SqliteOptions::new(self.path(), monotonic);
        SqliteStore::open(&options, Arc::clone(&self.keys), Arc::new(random())).unwrap()
    }

    /// Begins or goes on with a copy, a few rows at a time.
    pub(crate) async fn begin(&self, database: &Database) -> Result<CityCopy, CopyError> {
        self.start(database, CopyStart::BeginOrGoOn).await
    }

    pub(crate) async fn start(&self, database: &Database, start: CopyStart) -> Result<CityCopy, CopyError> {
        let copy = CityCopy::open(&self.path(), database.url(), &self.keys, start).await?;
        Ok(copy.with_chunk_rows(3))
    }

    /// Copies all rows and compares them; the copy is not finished.
    pub(crate) async fn copied(&self, database: &Database) -> (CityCopy, Verified) {
        let mut copy = self.begin(database).await.unwrap();
        copy.copy_rows(&mut |_| ()).await.unwrap();
        let verified = copy.verify(&mut |_| ()).await.unwrap();
        (copy, verified)
    }

    /// A node on the copy.
    pub(crate) async fn node(&self, database: &Database) -> Result<PostgresStore, StoreError> {
        PostgresStore::open(&PostgresOptions::new(database.url()), Arc::clone(&self.keys), Arc::new(random()))
            .await
    }
}

/// Runs statements on a database behind the store's back.
pub(crate) fn sql(database: &Database, statements: &str) {
    database.run(statements).unwrap();
}

async fn fill(store: &dyn Store) {
    places(store).await;
    let holder = people(store).await;
    health(store).await;
    sampling(store, holder).await;
    store.issue_paper_code(holder, Some(access("no phone")), minute(3), once(5, 5)).await.unwrap();
    let device = store.bind_device(device(1), once(6, 6)).await.unwrap();
    assert!(device.state.device_slot.is_some());
    check_ins(store, holder).await;
    campaigns(store, holder).await;
    staff(store).await;
    operation(store).await;
}

async fn places(store: &dyn Store) {
    let communities = (1..=4).map(|id| CommunityRow {
        community: Community {
            id: CommunityId(id),
            code: 610_104_001_000 + u64::from(id),
            name: format!("青年路社区{id}"),
            street: 610_104_001,
            district: 610_104,
            groups: 4,
        },
        street_name: "青年路街道".to_owned(),
        district_name: "莲湖区".to_owned(),
    });
    store.import_communities(communities.collect()).await.unwrap();
    for name in ["西安市第一医院", "Lab B", "a lab", "Ärzte"] {
        store.add_institution(name).await.unwrap();
    }
}

/// Answers somebody who shows relatives' codes.
async fn people(store: &dyn Store) -> PersonId {
    let mut batch: Vec<_> = (20..40).map(imported).collect();
    batch[7].results = vec![result(0, Outcome::Negative, Tube::Pooled)];
    batch[7].reasons = vec![Reason::new(ReasonCode::CloseContact, minute(0))];
    batch[7].vaccination = Some(Vaccination { doses: 2, last: date(2021, 8, 1) });
    batch[8].person.phone = None;
    store.import_people(batch, minute(0)).await.unwrap();
    for n in 1..=4 {
        let new = RegisterPerson { community: Some(CommunityId(n)), ..adult(n) };
        store.register_person(new, once(u8::try_from(n).unwrap(), 1)).await.unwrap();
    }
    let holder = store.find_person(&resident(1)).await.unwrap().unwrap();
    for n in 1..=4 {
        store.add_relative(child_of(holder, n), None).await.unwrap();
    }
    let gone = store.relatives_of(holder).await.unwrap().remove(0).person;
    store.remove_relative(holder, gone, minute(2)).await.unwrap();
    holder
}

/// Three tubes, one of them in doubt, and a sampling point.
async fn sampling(store: &dyn Store, person: PersonId) {
    let point = NewSamplingPoint {
        name: "小学操场".to_owned(),
        kind: PointKind::Mobile,
        area: 610_104_001,
        address: "青年路 1 号".to_owned(),
        opens: Some(minute(0)),
        closes: None,
        at: minute(0),
    };
    let point = store.add_sampling_point(point, None).await.unwrap().id;
    store.tell_queue(point, 12, minute(1)).await.unwrap();
    for (device, n) in [(1, 1), (1, 2), (2, 2), (1, 3)] {
        let row = NewSample {
            id: [n + device; 16],
            barcode: format!("ZZ-{n:06}").parse().unwrap(),
            size: TubeSize::Ten,
            household: n == 1,
            campaign: (n < 3).then_some(7),
            person: SampledPerson::Known(person),
            sampled: minute(i64::from(n)),
            source: SampleSource::Typed,
            undone: (n == 3).then_some(minute(9)),
        };
        let batch = SampleBatch { device: [device; 16], point, staff: StaffId(3), rows: vec![row] };
        store.record_samples(batch, minute(DAY)).await.unwrap();
    }
    store.seal_tubes(vec![("ZZ-000001".parse().unwrap(), minute(9))], StaffId(3), minute(DAY)).await.unwrap();
    store.resolve_sample_problem(1, StaffId(4), "looked into", minute(DAY)).await.unwrap();
    let (barcode, in_box) = ("ZZ-000001".parse().unwrap(), "BOX-001".parse().unwrap());
    store.pack_box(in_box, point, vec![barcode], StaffId(3), minute(20)).await.unwrap();
    store.hand_over_box("BOX-001".parse().unwrap(), "李师傅", minute(21)).await.unwrap();
    let versions = [(1, Outcome::Negative, None), (2, Outcome::Positive, Some(1))];
    for (n, outcome, amends) in versions {
        let result = NewTubeResult {
            id: [n; 16],
            barcode: "ZZ-000001".parse().unwrap(),
            outcome,
            method: Method::Naat,
            received: minute(60),
            reported: minute(120),
            institution: 1,
            staff: StaffId(5),
            amends,
            remark: amends.map(|_| "wrong plate".to_owned()),
        };
        let posted = store.post_tube_results(vec![result], rules(), minute(DAY)).await.unwrap();
        assert!(matches!(posted.rows[..], [TubeOutcome::Recorded { .. }]), "{posted:?}");
    }
}

fn device(n: u32) -> BindDevice {
    BindDevice {
        phone: phone(n),
        document_tail: Some(resident(n).number()[14..].to_owned()),
        key: key(9),
        now: minute(4),
    }
}

async fn health(store: &dyn Store) {
    let of = |n, id, at, outcome, tube| NewResult {
        id: [id; 16],
        document: resident(n),
        result: result(at, outcome, tube),
    };
    let results = vec![
        of(1, 1, 0, Outcome::Positive, Tube::Pooled),
        of(1, 2, DAY, Outcome::Negative, Tube::Single),
        of(2, 3, 0, Outcome::Positive, Tube::Single),
        of(3, 4, 5, Outcome::Negative, Tube::Pooled),
    ];
    store.post_results(results, rules(), minute(9 * DAY)).await.unwrap();
    let vaccination = Vaccination { doses: 3, last: date(2022, 1, 4) };
    let shots = (1..=2).map(|n| NewVaccination { document: resident(n), vaccination }).collect();
    store.record_vaccinations(shots, minute(0)).await.unwrap();
}

async fn check_ins(store: &dyn Store, person: PersonId) {
    let venues = [venue(store).await, venue(store).await];
    for (day, id) in (0..3).flat_map(|day| (0..4).map(move |id| (day, id))) {
        let check_in = CheckIn {
            id: [id; 16],
            person: if id < 2 { person } else { PersonId::from_low_bits(77) },
            at: minute(day * DAY + i64::from(id)),
            outcome: GateOutcome::Allow,
            staff: (id != 1).then_some(StaffId(2)),
        };
        for venue in venues {
            store.record_check_ins(venue, vec![check_in], minute(3 * DAY)).await.unwrap();
        }
    }
}

/// One that gave somebody its reason, and one that was withdrawn; a declaration with evidence and one without.
async fn campaigns(store: &dyn Store, person: PersonId) {
    let document = SHIPPED[0].1.to_owned();
    let draft = || DraftCampaign { document: document.clone(), by: StaffId(1), at: minute(1) };
    let step = |number, version, by| CampaignStep {
        number,
        version: Some(version),
        by: StaffId(by),
        remark: String::new(),
        at: minute(2),
    };
    store.draft_campaign(draft(), None).await.unwrap();
    store.change_campaign(CampaignChange::Withdraw, step(1, 1, 1), None).await.unwrap();
    store.draft_campaign(draft(), None).await.unwrap();
    let notice = Campaign::parse(&document).unwrap();
    let area = &notice.areas[0];
    let refinement = Refinement { scope: Scope::Area(area.place.clone()), windows: area.windows.clone() };
    let ask = CampaignChange::AskToClose { counts: "{}".to_owned(), most_given: 5 };
    let changes = [
        (CampaignChange::Approve, 2),
        (CampaignChange::Refine(refinement), 1),
        (CampaignChange::Start, 1),
        (ask, 1),
        (CampaignChange::ApproveClosing, 2),
    ];
    for (version, (change, by)) in (1..).zip(changes) {
        store.change_campaign(change, step(2, version, by), None).await.unwrap();
    }
    let declaration = |evidence| NewDeclaration {
        person,
        campaign: None,
        kind: DeclarationKind::OutsideCity,
        sampled: Some(minute(0)),
        evidence,
        declared_by: None,
        at: minute(3),
    };
    for evidence in [Evidence::Community, Evidence::EuDcc("HC1:6BF".to_owned())] {
        store.declare(declaration(evidence), None).await.unwrap();
    }
    store.give_missed(2, vec![person], minute(4)).await.unwrap();
}

async fn staff(store: &dyn Store) {
    for (n, name) in (0..).zip(["gate-1", "Gate-2", "闸机", "a"]) {
        let new = NewStaff {
            name: name.to_owned(),
            role: Role::Verifier,
            password_hash: "$argon2id$v=19$test".to_owned(),
            totp_secret: vec![1, 2, n],
            venue: (n == 0).then_some(VenueId(1)),
            at: minute(0),
        };
        let id = store.create_staff(new, once(100 + n, 1)).await.unwrap();
        store.use_totp_step(id, 100).await.unwrap();
        if n == 3 {
            store.set_staff_disabled(id, true, None, minute(1)).await.unwrap();
        }
    }
}

async fn operation(store: &dyn Store) {
    for n in 1..=3 {
        let limits = OneTimePasswordLimits::default();
        store.put_one_time_password(&phone(n), [1; 32], minute(5), limits, minute(0)).await.unwrap();
    }
    store.redeem_one_time_password(&phone(1), [1; 32], once(7, 7), minute(1)).await.unwrap();
    let step = RoomStep { issued_by: 300, called_by: 100, capacity_per_s: 45.3 };
    store.step_room(step).await.unwrap();
    let audit = |action: &str| AuditEntry {
        at: minute(7),
        staff: Some(StaffId(3)),
        action: action.to_owned(),
        subject: None,
        purpose: None,
    };
    let settings = r#"{"admission":{"smallestLimit":4}}"#.to_owned();
    store
        .change_operations(OperationsChange::Settings(settings), None, audit("change-limits"))
        .await
        .unwrap();
    let notice = NoticeRow {
        zh: "检测结果延迟，出示健康码不受影响。".to_owned(),
        en: "Results are delayed; codes work.".to_owned(),
        level: "info".to_owned(),
        at: minute(2),
    };
    store
        .change_operations(OperationsChange::Notice(Some(notice)), None, audit("post-notice"))
        .await
        .unwrap();
    assert!(store.take_lease("retention", "node-1", minute(0), minute(60)).await.unwrap());
    store.drop_check_ins_before(date(2021, 12, 1)).await.unwrap();
}
