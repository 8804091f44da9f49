//! Nodes that do the same at the same time: nobody is written twice, and no two transactions wait for each other.

use std::sync::Arc;

use jiff::SignedDuration;
use yimatong_model::clock::city_day;
use yimatong_model::ids::{SamplingPointId, StaffId};
use yimatong_model::rule::RulePack;
use yimatong_model::sampling::{Barcode, SampleSource, TubeSize};
use yimatong_model::test_result::{Method, Outcome};
use yimatong_store::{
    AddRelative, BindDevice, CheckIn, GateOutcome, Idempotency, NewSample, NewTubeResult, NewVenue,
    Registered, Relation, SampleBatch, SampleOutcome, SampledPerson, Store, StoreError, TaskArea,
    TubeOutcome,
};
use yimatong_test_database::Database;

use crate::fixtures::{device, document, keys, node, now, phone, phone_owner};

const PEOPLE: u32 = 240;
const SINGLES: u32 = 2;
const ROUNDS: u32 = 20;

/// Deadlocks that the database had to end so far; ask when all stores are closed.
async fn deadlocks(database: &Database) -> i64 {
    let (client, driver) = tokio_postgres::connect(database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(driver);
    let text = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    client.query_one(text, &[]).await.unwrap().get(0)
}

/// Runs all at once and waits for each.
async fn all<T: Send + 'static>(
    work: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = work.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

async fn close(nodes: &[Arc<dyn Store>]) {
    for node in nodes {
        node.close().await.unwrap();
    }
}

/// A registration and its answer.
type Answer = (u32, Result<Registered, StoreError>);

async fn send(node: Arc<dyn Store>, n: u32) -> Answer {
    let key = Idempotency { key: [n as u8; 32], request: [n as u8; 32] };
    (n, node.register_person(phone_owner(n), Some(key)).await)
}

/// Sends a part of the registrations, each when the one before is answered.
async fn one_by_one(node: Arc<dyn Store>, task: u32) -> Vec<Answer> {
    let mut answers = Vec::new();
    for n in (task..PEOPLE).step_by(SINGLES as usize) {
        answers.push(send(Arc::clone(&node), n).await);
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_registrations_sent_to_two_nodes_at_once_happen_once_without_a_deadlock() {
    let (_folder, keys) = keys();
    let database = Database::empty();
    let nodes = [node(&database, &keys).await, node(&database, &keys).await];
    // One node gets them all at once and writes them together, the other one by one.
    let first: Vec<_> = (0..PEOPLE).map(|n| tokio::spawn(send(Arc::clone(&nodes[0]), n))).collect();
    let mut answers = all((0..SINGLES).map(|task| one_by_one(Arc::clone(&nodes[1]), task))).await.concat();
    for first in first {
        answers.push(first.await.unwrap());
    }
    for (n, answer) in &answers {
        let registered = answer.as_ref().unwrap_or_else(|error| panic!("{n}: {error}"));
        assert!(registered.created && registered.slot.is_some(), "the outcome of the first time");
    }
    let people = nodes[0].load_states(None, 1_000).await.unwrap();
    assert_eq!(people.len(), PEOPLE as usize);
    assert_eq!(nodes[0].slots_count().await.unwrap().live, u64::from(PEOPLE));
    close(&nodes).await;
    assert_eq!(deadlocks(&database).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_show_each_others_codes_log_in_at_once_without_a_deadlock() {
    let (_folder, keys) = keys();
    let database = Database::empty();
    let nodes = [node(&database, &keys).await, node(&database, &keys).await];
    let mut ids = Vec::new();
    for n in 0..2 {
        ids.push(nodes[0].register_person(phone_owner(n), None).await.unwrap().state.person_id);
    }
    for (holder, relative) in [(0, 1), (1, 0)] {
        let person = phone_owner(relative);
        let new = AddRelative {
            holder: ids[holder],
            document: document(relative),
            name: person.name,
            relation: Relation::Spouse,
            community: None,
            nationality: person.nationality,
            birth_date: None,
            now: now(),
        };
        nodes[0].add_relative(new, None).await.unwrap();
    }
    for _ in 0..ROUNDS {
        let log_in = |n: u32| {
            let node = Arc::clone(&nodes[n as usize]);
            let new = BindDevice { phone: phone(n), document_tail: None, key: device(), now: now() };
            async move { node.bind_device(new, None).await.unwrap() }
        };
        all([log_in(0), log_in(1)]).await;
    }
    close(&nodes).await;
    assert_eq!(deadlocks(&database).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_are_made_and_dropped_under_check_ins_without_a_deadlock_or_a_lost_row() {
    let (_folder, keys) = keys();
    let database = Database::empty();
    let nodes = [node(&database, &keys).await, node(&database, &keys).await];
    let person = nodes[0].register_person(phone_owner(1), None).await.unwrap().state.person_id;
    let market = NewVenue {
        id: None,
        name: "回民街农贸市场".to_owned(),
        venue_type: "market".to_owned(),
        district_code: 610_104,
        at: now(),
    };
    let venue = nodes[0].create_venue(market, None).await.unwrap().id;
    let day = |n: u32| now() + SignedDuration::from_hours(24 * i64::from(n));
    for n in 0..ROUNDS {
        let check_in =
            |id: u8| CheckIn { id: [id; 16], person, at: day(n), outcome: GateOutcome::Allow, staff: None };
        let record = |at: usize| {
            let (node, rows) = (Arc::clone(&nodes[at]), vec![check_in(at as u8)]);
            async move { node.record_check_ins(venue, rows, day(n)).await.unwrap().len() }
        };
        let dropping = Arc::clone(&nodes[1]);
        let first_kept = city_day(day(n)).yesterday().unwrap();
        let drops = tokio::spawn(async move { dropping.drop_check_ins_before(first_kept).await });
        assert_eq!(all([record(0), record(1)]).await, [1, 1]);
        drops.await.unwrap().unwrap();
        let kept = nodes[0].list_check_ins(venue, city_day(day(n)), None, 9).await;
        assert_eq!(kept.unwrap().items.len(), 2, "day {n}");
    }
    close(&nodes).await;
    assert_eq!(deadlocks(&database).await, 0);
}

const TUBES: u32 = 12;

/// Everybody's samples in tubes that overlap between batches; every third person is not registered yet.
fn sample_batch(number: u32) -> SampleBatch {
    let row = |at: u32| {
        let n = (number * 17 + at * 7) % (TUBES * 10);
        let person = phone_owner(n);
        let name = Some(person.name);
        NewSample {
            id: u128::from(n).to_be_bytes(),
            barcode: format!("ZZ-{:06}", n / 10).parse().unwrap(),
            size: TubeSize::Ten,
            household: false,
            campaign: Some(7),
            person: SampledPerson::Document { document: document(n), name },
            sampled: now() - SignedDuration::from_mins(i64::from(n)),
            source: SampleSource::IdCard,
            undone: None,
        }
    };
    let rows = (0..40).map(row).collect();
    SampleBatch { device: [1; 16], point: SamplingPointId(1), staff: StaffId(1), rows }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_samples_sent_to_two_nodes_at_once_are_recorded_once_without_a_deadlock() {
    let (_folder, keys) = keys();
    let database = Database::empty();
    let nodes = [node(&database, &keys).await, node(&database, &keys).await];
    for n in (0..TUBES * 10).filter(|n| n % 3 > 0) {
        nodes[0].register_person(phone_owner(n), None).await.unwrap();
    }
    let send = |at: usize, number: u32| {
        let node = Arc::clone(&nodes[at]);
        async move { node.record_samples(sample_batch(number), now()).await.unwrap().rows }
    };
    let answers =
        all((0..2).flat_map(|at| (0..ROUNDS).map(move |number| (at, number))).map(|(at, n)| send(at, n)));
    let outcomes = answers.await.concat();
    let new = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, SampleOutcome::Recorded(flags) if flags.is_empty()));
    let others = outcomes.iter().filter(|outcome| **outcome == SampleOutcome::Duplicate);
    assert_eq!(new.count(), (TUBES * 10) as usize);
    assert_eq!(others.count(), outcomes.len() - (TUBES * 10) as usize);
    let people = nodes[1].load_states(None, 1_000).await.unwrap();
    assert!(people.len() == (TUBES * 10) as usize && people.iter().all(|state| state.rounds == [7]));
    close(&nodes).await;
    assert_eq!(deadlocks(&database).await, 0);
}

fn tube_result(id: u32, number: u32) -> NewTubeResult {
    NewTubeResult {
        id: u128::from(id).to_be_bytes(),
        barcode: format!("ZZ-{number:06}").parse().unwrap(),
        outcome: if number.is_multiple_of(3) { Outcome::Positive } else { Outcome::Negative },
        method: Method::Naat,
        received: now(),
        reported: now(),
        institution: 1,
        staff: StaffId(1),
        amends: None,
        remark: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn samples_boxes_and_results_of_the_same_tubes_from_two_nodes_never_wait_for_each_other() {
    let (_folder, keys) = keys();
    let database = Database::empty();
    let nodes = [node(&database, &keys).await, node(&database, &keys).await];
    for number in 0..ROUNDS {
        nodes[0].record_samples(sample_batch(number), now()).await.unwrap();
    }
    let rules = Arc::new(RulePack::default());
    let work = |at: usize, number: u32| {
        let (node, rules) = (Arc::clone(&nodes[at]), Arc::clone(&rules));
        // Each in another order.
        let tubes: Vec<u32> = (0..TUBES).map(|n| (n * 7 + number) % TUBES).collect();
        async move {
            let results = tubes.iter().map(|n| tube_result(*n, *n)).collect();
            let barcodes: Vec<_> = tubes.iter().map(|n| tube_result(0, *n).barcode).collect();
            let in_box: Barcode = format!("BOX-{:03}", number % 2).parse().unwrap();
            node.record_samples(sample_batch(number), now()).await.unwrap();
            node.pack_box(in_box.clone(), SamplingPointId(1), barcodes.clone(), StaffId(1), now())
                .await
                .unwrap();
            node.receive_tubes(Some(in_box), barcodes, StaffId(1), now()).await.unwrap();
            node.post_tube_results(results, rules, now()).await.unwrap().rows
        }
    };
    let answers =
        all((0..2).flat_map(|at| (0..4).map(move |number| (at, number))).map(|(at, n)| work(at, n)));
    let outcomes = answers.await.concat();
    let recorded =
        outcomes.iter().filter(|outcome| matches!(outcome, TubeOutcome::Recorded { people: 10, .. }));
    assert_eq!(recorded.count(), TUBES as usize);
    let people = nodes[1].load_states(None, 1_000).await.unwrap();
    assert!(people.iter().all(|state| state.results.len() == 1));
    let yellow = people.iter().filter(|state| state.reasons.len() == 1).count();
    assert_eq!(yellow, (TUBES / 3 * 10) as usize);
    let tasks = nodes[1].list_resample_tasks(TaskArea::City, None, 1_000).await.unwrap().items;
    assert_eq!(tasks.len(), yellow);
    close(&nodes).await;
    assert_eq!(deadlocks(&database).await, 0);
}
