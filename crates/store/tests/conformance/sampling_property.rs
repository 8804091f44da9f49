//! Any sequence of batches, repeats, undos, boxes and results does the same on both adapters, and leaves both sides of every
//! sample in agreement.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use yimatong_model::ids::{PersonId, SamplingPointId, StaffId};
use yimatong_model::sampling::{Barcode, SampleSource, TubeSize};
use yimatong_model::test_result::{Method, Outcome};
use yimatong_store::{
    NewSample, NewTubeResult, Overdue, PersonState, PostgresOptions, PostgresStore, SampleBatch,
    SampledPerson, SqliteOptions, SqliteStore, Store, TaskArea, TubeFile,
};
use yimatong_test_database::Database;

use crate::fixtures::*;

const TUBES: u8 = 4;
const BOXES: u8 = 2;
/// Of these people the last two are not registered at first.
const PEOPLE: u8 = 6;
const REGISTERED: u8 = 4;
const STAFF: StaffId = StaffId(3);

/// A row of a batch: everything that may differ, small enough to collide.
#[derive(Debug, Clone)]
struct Row {
    id: u8,
    tube: u8,
    person: u8,
    by_document: bool,
    named: Option<bool>,
    size: TubeSize,
    household: bool,
    campaign: Option<u16>,
    at: u8,
    is_undone: bool,
}

#[derive(Debug, Clone)]
enum Step {
    Record { device: u8, rows: Vec<Row> },
    Undo { tube: u8, id: u8 },
    Seal { tube: u8, at: u8 },
    Pack { in_box: u8, tubes: Vec<u8> },
    Receive { in_box: Option<u8>, tubes: Vec<u8> },
    Result { id: u8, tube: u8, outcome: Outcome, received: u8, amends: Option<u16> },
    Resolve { problem: u64 },
}

fn row() -> impl Strategy<Value = Row> {
    let whose = (0..PEOPLE, any::<bool>(), proptest::option::of(any::<bool>()));
    let what = (0..12_u8, 0..TUBES, proptest::sample::select(&TubeSize::ALL[..]), any::<bool>());
    let when = (proptest::option::of(1..12_u16), 0..40_u8, proptest::bool::weighted(0.2));
    (whose, what, when).prop_map(
        |((person, by_document, named), (id, tube, size, household), (campaign, at, is_undone))| Row {
            id,
            tube,
            person,
            by_document,
            named,
            size,
            household,
            campaign,
            at,
            is_undone,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let tubes = || proptest::collection::vec(0..TUBES, 0..3);
    let outcome = proptest::sample::select(Outcome::ALL);
    prop_oneof![
        6 => (0..2_u8, proptest::collection::vec(row(), 1..6)).prop_map(|(device, rows)| Step::Record { device, rows }),
        2 => (0..TUBES, 0..12_u8).prop_map(|(tube, id)| Step::Undo { tube, id }),
        1 => (0..TUBES, 0..40_u8).prop_map(|(tube, at)| Step::Seal { tube, at }),
        1 => (0..BOXES, tubes()).prop_map(|(in_box, tubes)| Step::Pack { in_box, tubes }),
        1 => (proptest::option::of(0..BOXES), tubes()).prop_map(|(in_box, tubes)| Step::Receive { in_box, tubes }),
        3 => (0..6_u8, 0..TUBES, outcome, 20..60_u8, proptest::option::of(0..3_u16)).prop_map(
            |(id, tube, outcome, received, amends)| Step::Result { id, tube, outcome, received, amends }
        ),
        1 => (1..6_u64).prop_map(|problem| Step::Resolve { problem }),
    ]
}

fn tube(n: u8) -> Barcode {
    format!("ZZ-{n:06}").parse().unwrap()
}

fn crate_of(n: u8) -> Barcode {
    format!("BOX-{n:03}").parse().unwrap()
}

fn sample(row: &Row, people: &[PersonId]) -> NewSample {
    let known = people.get(usize::from(row.person)).filter(|_| !row.by_document);
    let person = known.map_or_else(
        || SampledPerson::Document {
            document: resident(u32::from(row.person) + 1),
            name: row.named.map(|is_own| name(if is_own { "王建国" } else { "李秀英" })),
        },
        |person| SampledPerson::Known(*person),
    );
    NewSample {
        // Ids are unlike between tubes, as those of devices are.
        id: [row.id + 16 * row.tube; 16],
        barcode: tube(row.tube),
        size: row.size,
        household: row.household,
        campaign: row.campaign,
        person,
        sampled: minute(i64::from(row.at)),
        source: if row.by_document { SampleSource::Typed } else { SampleSource::Code },
        undone: row.is_undone.then(|| minute(i64::from(row.at) + 1)),
    }
}

/// Takes a step and tells everything that was answered.
async fn take(store: &dyn Store, step: &Step, people: &[PersonId], now: i64) -> String {
    let now = minute(now);
    match step {
        Step::Record { device, rows } => {
            let rows = rows.iter().map(|row| sample(row, people)).collect();
            let batch = SampleBatch { device: [*device; 16], point: SamplingPointId(4), staff: STAFF, rows };
            format!("{:?}", store.record_samples(batch, now).await)
        }
        Step::Undo { tube: n, id } => {
            let id = [id + 16 * n; 16];
            format!("{:?}", store.undo_sample(tube(*n), id, STAFF, "a mistake", now).await)
        }
        Step::Seal { tube: n, at } => {
            let seals = vec![(tube(*n), minute(i64::from(*at)))];
            format!("{:?}", store.seal_tubes(seals, STAFF, now).await)
        }
        Step::Pack { in_box, tubes } => {
            let tubes = tubes.iter().map(|n| tube(*n)).collect();
            format!("{:?}", store.pack_box(crate_of(*in_box), SamplingPointId(4), tubes, STAFF, now).await)
        }
        Step::Receive { in_box, tubes } => {
            let tubes = tubes.iter().map(|n| tube(*n)).collect();
            let rows = store.receive_tubes(in_box.map(crate_of), tubes, STAFF, now).await;
            let at_lab = store.receive_box(crate_of(in_box.unwrap_or(0)), STAFF, now).await;
            format!("{rows:?} {at_lab:?}")
        }
        Step::Result { id, tube: n, outcome, received, amends } => {
            let result = NewTubeResult {
                id: [id + 16 * n; 16],
                barcode: tube(*n),
                outcome: *outcome,
                method: Method::Naat,
                received: minute(i64::from(*received)),
                reported: minute(i64::from(*received) + 10),
                institution: 7,
                staff: STAFF,
                amends: *amends,
                remark: amends.map(|_| "wrong plate".to_owned()),
            };
            format!("{:?}", store.post_tube_results(vec![result], rules(), now).await)
        }
        Step::Resolve { problem } => {
            format!("{:?}", store.resolve_sample_problem(*problem, STAFF, "looked into", now).await)
        }
    }
}

/// Everything that is on file.
async fn told(store: &dyn Store) -> Vec<String> {
    let mut told = Vec::new();
    let mut tell = |said: &dyn std::fmt::Debug| told.push(format!("{said:?}"));
    let states = store.load_states(None, 99).await.unwrap();
    tell(&states);
    for state in &states {
        tell(&store.samples_of(state.person_id, None, 999).await.unwrap());
        tell(&store.result_history(state.person_id, None, 999).await.unwrap());
    }
    let mut files = Vec::new();
    for n in 0..TUBES {
        files.extend(store.tube(tube(n), access("compare")).await.unwrap());
    }
    tell(&files);
    agree(store, &states, &files).await;
    for kind in [Overdue::Unpacked, Overdue::InTransit, Overdue::WithoutResult, Overdue::ReceivedUnsent] {
        tell(&store.overdue_tubes(kind, minute(9_999), None, 99).await.unwrap());
    }
    tell(&store.list_resample_tasks(TaskArea::City, None, 999).await.unwrap());
    tell(&store.list_case_files(None, 999).await.unwrap());
    tell(&store.sample_problems(false, None, 999).await.unwrap());
    tell(&store.list_audit(None, 999).await.unwrap());
    tell(&store.latest_seq().await.unwrap());
    told
}

/// The sides of tubes and of people say the same.
async fn agree(store: &dyn Store, states: &[PersonState], files: &[TubeFile]) {
    let mut by_tube = BTreeSet::new();
    for file in files {
        let live = file.samples.iter().filter(|sample| sample.undone.is_none());
        let people: BTreeSet<PersonId> = live.map(|sample| sample.person).collect();
        assert_eq!(usize::try_from(file.tube.people).unwrap(), people.len());
        assert_eq!(usize::from(file.tube.result_version), file.results.len());
        by_tube.extend(file.samples.iter().map(|s| (s.person, s.sampled, s.id, s.undone)));
    }
    let mut by_person = BTreeSet::new();
    for state in states {
        let samples = store.samples_of(state.person_id, None, 999).await.unwrap().items;
        let live = samples.iter().filter(|sample| sample.undone.is_none());
        let mut rounds: Vec<u16> =
            live.filter_map(|sample| sample.campaign).collect::<BTreeSet<_>>().into_iter().collect();
        let rounds = rounds.split_off(rounds.len().saturating_sub(8));
        assert_eq!(state.rounds, rounds, "of {}", state.person_id);
        by_person.extend(samples.iter().map(|s| (state.person_id, s.sampled, s.id, s.undone)));
    }
    assert_eq!(by_tube, by_person);
}

async fn run(steps: &[Step]) {
    let (folder, keys) = keys();
    let options = SqliteOptions::new(folder.path().join("store.sqlite"), monotonic);
    let sqlite = SqliteStore::open(&options, Arc::clone(&keys), Arc::new(random())).unwrap();
    let database = Database::fresh(migrate);
    let options = PostgresOptions::new(database.url());
    let postgres = PostgresStore::open(&options, keys, Arc::new(random())).await.unwrap();
    let stores: [&dyn Store; 2] = [&sqlite, &postgres];
    let mut people = Vec::new();
    for n in 1..=u32::from(REGISTERED) {
        let mut ids = BTreeSet::new();
        for store in stores {
            ids.insert(register(store, n).await);
        }
        assert_eq!(ids.len(), 1, "both stores have the same keys");
        people.extend(ids);
    }
    for (now, step) in (100..).zip(steps) {
        let first = take(stores[0], step, &people, now).await;
        let second = take(stores[1], step, &people, now).await;
        assert_eq!(first, second, "{step:?}");
    }
    let (first, second) = (told(stores[0]).await, told(stores[1]).await);
    for (first, second) in first.iter().zip(&second) {
        assert_eq!(first, second);
    }
    for store in stores {
        store.close().await.unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_does_the_same_on_both_adapters(steps in proptest::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(&steps));
    }
}
