//! The feed of changes on PostgreSQL while several nodes write: a follower misses nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use yimatong_model::ids::PersonId;
use yimatong_store::{Changes, Store};
use yimatong_test_database::Database;

use crate::fixtures::{keys, node, person};

const NODES: u32 = 3;
const TASKS: u32 = 4;
const PEOPLE: u32 = 25;

/// Follows the feed in small pages until the writers have ended and there is nothing more; the highest number seen of
/// each person.
async fn follow(store: Arc<dyn Store>, have_ended: Arc<AtomicBool>) -> BTreeMap<PersonId, u64> {
    let mut seen = BTreeMap::new();
    let mut last = 0;
    loop {
        let is_last_round = have_ended.load(Ordering::Acquire);
        let Changes::Page { states, last_seq, .. } = store.changes_since(last, 7).await.unwrap() else {
            panic!("the feed was purged");
        };
        if is_last_round && last == last_seq {
            assert_eq!(last, store.latest_seq().await.unwrap(), "the follower is at the end");
            return seen;
        }
        for state in states {
            seen.insert(state.person_id, state.seq);
        }
        last = last_seq;
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_misses_no_change_of_nodes_that_write_at_once() {
    let (_folder, keys) = keys();
    // Nobody else migrates it: of the nodes that open it one after another, the first does.
    let database = Database::empty();
    let mut writers = Vec::new();
    for number in 0..NODES {
        let store = node(&database, &keys).await;
        for task in 0..TASKS {
            let store = Arc::clone(&store);
            let first = (number * TASKS + task) * PEOPLE;
            writers.push(async move {
                for n in first..first + PEOPLE {
                    let registered = store.register_person(person(n), None).await.unwrap();
                    // Every third changes once more, so that numbers of the same person lie apart.
                    if n % 3 == 0 {
                        let now = Timestamp::from_second(1_641_340_900).unwrap();
                        store.issue_paper_code(registered.state.person_id, None, now, None).await.unwrap();
                    }
                }
            });
        }
    }
    let people = (NODES * TASKS * PEOPLE) as usize;
    let have_ended = Arc::new(AtomicBool::new(false));
    let follower = tokio::spawn(follow(node(&database, &keys).await, Arc::clone(&have_ended)));
    let writers: Vec<_> = writers.into_iter().map(tokio::spawn).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    have_ended.store(true, Ordering::Release);
    let seen = follower.await.unwrap();
    let states = node(&database, &keys).await.load_states(None, people + 1).await.unwrap();
    let written: BTreeMap<PersonId, u64> = states.iter().map(|state| (state.person_id, state.seq)).collect();
    assert_eq!((written.len(), seen), (people, written), "what was passed over never comes again");
}
