//! What people are told of a result that the lab corrected.

use yimatong_model::ids::{PersonId, StaffId};
use yimatong_model::test_result::{Outcome, Tube};
use yimatong_store::{Access, NewResult, NewSample, NewTubeResult, ResultCorrection, Store, TubeOutcome};

use crate::fixtures::*;
use crate::samples::{people, record, sample};
use crate::tube_results::{ONE, amended, post, single, told};

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

pub(crate) async fn a_person_is_told_that_a_result_was_corrected_and_what_it_was_before(store: &dyn Store) {
    let people = people(store, 2).await;
    record(store, vec![sample(1, 1, people[0]), sample(2, 1, people[1]), single(3, 2, people[0], 30)]).await;
    post(store, vec![told(1, 1, Outcome::Negative), told(2, 2, Outcome::Negative)]).await;
    let own =
        NewResult { id: [9; 16], document: resident(1), result: result(2, Outcome::Negative, Tube::Single) };
    store.post_results(vec![own], rules(), minute(9 * DAY)).await.unwrap();
    let never = (Outcome::Negative, None);
    assert_eq!(corrections(store, people[0]).await, [never; 3]);
    post(store, vec![amended(3, 1, Outcome::Positive, 1)]).await;
    let second = ResultCorrection { at: minute(200), version: 2, former: Outcome::Negative };
    assert_eq!(
        corrections(store, people[0]).await,
        [never, never, (Outcome::Positive, Some(second))],
        "neither the other tube's nor the one that was posted by person"
    );
    assert_eq!(corrections(store, people[1]).await, [(Outcome::Positive, Some(second))]);
    let later = NewTubeResult { reported: minute(240), ..amended(4, 1, Outcome::Invalid, 2) };
    store.post_tube_results(vec![later], rules(), minute(250)).await.unwrap();
    let third = ResultCorrection { at: minute(250), version: 3, former: Outcome::Positive };
    assert_eq!(corrections(store, people[0]).await, [never, never, (Outcome::Invalid, Some(third))]);
    let first = store.result_history(people[0], None, 2).await.unwrap();
    let last = store.result_history(people[0], first.next, 2).await.unwrap().items;
    assert_eq!(
        last.iter().map(|row| row.corrected).collect::<Vec<_>>(),
        [Some(third)],
        "on the page it is on"
    );
}

pub(crate) async fn who_was_sampled_after_the_lab_had_the_tube_is_told_of_no_former_result(
    store: &dyn Store,
) {
    let people = people(store, 2).await;
    let late = NewSample { sampled: minute(70), ..sample(2, 1, people[1]) };
    record(store, vec![sample(1, 1, people[0]), late]).await;
    assert_eq!(post(store, vec![told(1, 1, Outcome::Negative)]).await.rows, [ONE], "one is not in it");
    // The lab mends its time of receipt.
    let mended = NewTubeResult { received: minute(80), ..amended(2, 1, Outcome::Negative, 1) };
    assert_eq!(post(store, vec![mended]).await.rows, [TubeOutcome::Recorded { version: 2, people: 2 }]);
    let second = ResultCorrection { at: minute(200), version: 2, former: Outcome::Negative };
    assert_eq!(corrections(store, people[0]).await, [(Outcome::Negative, Some(second))]);
    assert_eq!(corrections(store, people[1]).await, [(Outcome::Negative, None)]);
}
