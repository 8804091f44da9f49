//! What people are told of a result that the lab corrected.

use yimatong_model::ids::{PersonId, StaffId};
use yimatong_model::test_result::{Outcome, Tube};
use yimatong_store::{Access, NewResult, NewSample, NewTubeResult, ResultCorrection, Store, TubeOutcome};

use crate::fixtures::*;
use crate::samples::{people, record, sample};
use crate::tube_results::{amended, post, single, told};

const DAY: i64 = 24 * 60;

/// What each result on file tells of corrections, newest first; a proof and the file for staff tell the same.
async fn corrections(store: &dyn Store, person: PersonId) -> Vec<(Outcome, Option<ResultCorrection>)> {
    let history = store.result_history(person, None, 9).await.unwrap().items;
    for row in &history {
        let proof = store.result_proof(person, row.id, minute(DAY)).await.unwrap().unwrap();
        assert_eq!(proof.result, *row);
    }
    let access = Access { staff: StaffId(9), purpose: "asked for".to_owned(), at: minute(DAY) };
    assert_eq!(store.read_person_file(person, access).await.unwrap().results, history);
    history.iter().map(|row| (row.result.outcome, row.corrected)).collect()
}

/// Amends the tube 1 by another version, posted some minutes after the round began.
async fn amend(store: &dyn Store, n: u8, outcome: Outcome, posted: i64) {
    let version = u16::from(n) - 1;
    let new = NewTubeResult { reported: minute(posted - 10), ..amended(n, 1, outcome, version) };
    let rows = store.post_tube_results(vec![new], rules(), minute(posted)).await.unwrap().rows;
    assert!(matches!(rows[..], [TubeOutcome::Recorded { .. }]), "{rows:?}");
}

const NEVER: (Outcome, Option<ResultCorrection>) = (Outcome::Negative, None);

fn told_at(minutes: i64, former: Outcome) -> Option<ResultCorrection> {
    Some(ResultCorrection { at: minute(minutes), former })
}

pub(crate) async fn a_person_is_told_that_a_result_was_corrected_and_what_it_was_before(store: &dyn Store) {
    let people = people(store, 2).await;
    record(store, vec![sample(1, 1, people[0]), sample(2, 1, people[1]), single(3, 2, people[0], 30)]).await;
    post(store, vec![told(1, 1, Outcome::Negative), told(2, 2, Outcome::Negative)]).await;
    let own =
        NewResult { id: [9; 16], document: resident(1), result: result(2, Outcome::Negative, Tube::Single) };
    store.post_results(vec![own], rules(), minute(9 * DAY)).await.unwrap();
    assert_eq!(corrections(store, people[0]).await, [NEVER; 3]);
    amend(store, 2, Outcome::Positive, 220).await;
    let second = (Outcome::Positive, told_at(220, Outcome::Negative));
    assert_eq!(
        corrections(store, people[0]).await,
        [NEVER, NEVER, second],
        "neither the other tube's nor the one that was posted by person"
    );
    assert_eq!(corrections(store, people[1]).await, [second]);
    let first = store.result_history(people[0], None, 2).await.unwrap();
    let last = store.result_history(people[0], first.next, 2).await.unwrap().items;
    assert_eq!(last.iter().map(|row| row.corrected).collect::<Vec<_>>(), [second.1], "on the page it is on");
}

pub(crate) async fn a_later_version_keeps_what_was_told_until_the_outcome_changes_again(store: &dyn Store) {
    let person = people(store, 1).await[0];
    record(store, vec![sample(1, 1, person)]).await;
    post(store, vec![told(1, 1, Outcome::Negative)]).await;
    amend(store, 2, Outcome::Positive, 220).await;
    let second = (Outcome::Positive, told_at(220, Outcome::Negative));
    assert_eq!(corrections(store, person).await, [second]);
    amend(store, 3, Outcome::Positive, 240).await;
    assert_eq!(corrections(store, person).await, [second], "that only its times changed hides nothing");
    amend(store, 4, Outcome::Negative, 260).await;
    let back = (Outcome::Negative, told_at(260, Outcome::Positive));
    assert_eq!(corrections(store, person).await, [back], "the first outcome again");
}

pub(crate) async fn who_was_told_of_after_the_result_is_told_of_no_former_one(store: &dyn Store) {
    let people = people(store, 2).await;
    record(store, vec![sample(1, 1, people[0])]).await;
    post(store, vec![told(1, 1, Outcome::Negative)]).await;
    // The table comes online after the result, and the lab sends it again for those.
    record(store, vec![sample(2, 1, people[1])]).await;
    amend(store, 2, Outcome::Negative, 220).await;
    for person in &people {
        assert_eq!(corrections(store, *person).await, [NEVER], "nothing that was told changed");
    }
}

pub(crate) async fn who_gets_only_the_corrected_result_is_told_of_no_former_one(store: &dyn Store) {
    let people = people(store, 3).await;
    let taken_late = NewSample { sampled: minute(70), ..sample(3, 1, people[2]) };
    record(store, vec![sample(1, 1, people[0]), taken_late]).await;
    post(store, vec![told(1, 1, Outcome::Negative)]).await;
    assert_eq!(corrections(store, people[2]).await, [], "sampled after the lab had it");
    record(store, vec![sample(2, 1, people[1])]).await;
    amend(store, 2, Outcome::Positive, 220).await;
    let now = |former| [(Outcome::Positive, former)];
    assert_eq!(corrections(store, people[0]).await, now(told_at(220, Outcome::Negative)));
    assert_eq!(corrections(store, people[1]).await, now(None));
    assert_eq!(corrections(store, people[2]).await, now(None));
    amend(store, 3, Outcome::Invalid, 240).await;
    for person in people {
        assert_eq!(corrections(store, person).await, [(Outcome::Invalid, told_at(240, Outcome::Positive))]);
    }
}
