//! Test results and what they do to reasons.

use jiff::civil::date;
use yimatong_model::document::DocumentKind;
use yimatong_model::ids::PersonId;
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};
use yimatong_store::{NewResult, Noun, PostedResults, RowOutcome, RowProblem, Store, StoreError};

use crate::fixtures::*;

const DAY: i64 = 24 * 60;

fn of(n: u32, id: u8, result: TestResult) -> NewResult {
    NewResult { id: [id; 16], document: resident(n), result }
}

async fn post(store: &dyn Store, results: Vec<NewResult>) -> PostedResults {
    store.post_results(results, rules(), minute(9 * DAY)).await.unwrap()
}

pub(crate) async fn a_positive_gives_a_reason_and_a_negative_takes_it_back(store: &dyn Store) {
    register(store, 1).await;
    let positive = result(0, Outcome::Positive, Tube::Pooled);
    let posted = post(store, vec![of(1, 1, positive)]).await;
    let reason = Reason::new(ReasonCode::PooledPositive, minute(0));
    assert_eq!(posted.rows, [RowOutcome::Recorded]);
    assert_eq!(posted.states[0].reasons, [reason]);
    let negative = result(DAY, Outcome::Negative, Tube::Single);
    let posted = post(store, vec![of(1, 2, negative)]).await;
    let released = rules().released_at(&reason, &[negative, positive]);
    assert_eq!(released, Some(negative.reported), "the rule pack of the test is as assumed");
    assert_eq!(posted.states[0].reasons, [Reason { released, ..reason }]);
    assert_eq!(posted.states[0].results, [negative, positive]);
}

pub(crate) async fn results_are_idempotent_by_person_and_id(store: &dyn Store) {
    let person = register(store, 1).await;
    register(store, 2).await;
    let negative = result(0, Outcome::Negative, Tube::Pooled);
    let twice = vec![of(1, 1, negative), of(1, 1, negative), of(2, 1, negative)];
    let posted = post(store, twice.clone()).await;
    assert_eq!(posted.rows, [RowOutcome::Recorded, RowOutcome::Duplicate, RowOutcome::Recorded]);
    let again = post(store, twice).await;
    assert_eq!((again.rows, again.states), (vec![RowOutcome::Duplicate; 3], vec![]));
    let other = post(store, vec![of(1, 1, result(0, Outcome::Positive, Tube::Pooled))]).await;
    assert_eq!(other.rows, [RowOutcome::Rejected(RowProblem::IdReused)]);
    assert_eq!(store.result_history(person, None, 10).await.unwrap().items.len(), 1);
}

pub(crate) async fn bad_rows_are_refused_one_by_one(store: &dyn Store) {
    register(store, 1).await;
    let good = result(0, Outcome::Negative, Tube::Single);
    let disordered = TestResult { received: minute(500), ..good };
    let future = result(10 * DAY, Outcome::Negative, Tube::Single);
    let posted =
        post(store, vec![of(9, 1, good), of(1, 2, disordered), of(1, 3, future), of(1, 4, good)]).await;
    let rejected = RowOutcome::Rejected;
    assert_eq!(
        posted.rows,
        [
            rejected(RowProblem::UnknownPerson),
            rejected(RowProblem::TimesOutOfOrder),
            rejected(RowProblem::InFuture),
            RowOutcome::Recorded
        ]
    );
    assert_eq!(posted.states.len(), 1);
}

pub(crate) async fn the_state_holds_the_two_latest_results_whatever_their_order(store: &dyn Store) {
    register(store, 1).await;
    let [old, middle, new] = [0, DAY, 2 * DAY].map(|at| result(at, Outcome::Negative, Tube::Single));
    post(store, vec![of(1, 1, new)]).await;
    post(store, vec![of(1, 2, old)]).await;
    let posted = post(store, vec![of(1, 3, middle)]).await;
    assert_eq!(posted.states[0].results, [new, middle]);
    assert_eq!(store.load_states(None, 10).await.unwrap(), posted.states);
    let antigen = TestResult { method: Method::Antigen, ..result(3 * DAY, Outcome::Negative, Tube::Single) };
    let posted = post(store, vec![of(1, 4, antigen)]).await;
    assert_eq!(posted.states[0].results, [new, middle], "an antigen test hides no nucleic acid test");
}

pub(crate) async fn history_pages_are_newest_first_and_complete(store: &dyn Store) {
    let person = register(store, 1).await;
    // Three share a sampling time, so that a page ends between equal times.
    let times = [0, 10, 10, 10, 20];
    let results = times.map(|at| result(at, Outcome::Negative, Tube::Single));
    post(store, (1..).zip(results).map(|(id, result)| of(1, id, result)).collect()).await;
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.result_history(person, cursor, 2).await.unwrap();
        seen.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let ids: Vec<u8> = seen.iter().map(|stored| stored.id[0]).collect();
    assert_eq!(ids, [5, 4, 3, 2, 1]);
    assert_eq!(seen[0].result, results[4]);
}

pub(crate) async fn an_institution_keeps_its_number(store: &dyn Store) {
    let first = store.add_institution("西安市第一检测中心").await.unwrap();
    let second = store.add_institution("Zhengzhou Lab 2").await.unwrap();
    assert_ne!(first, second);
    assert_eq!(store.add_institution(" 西安市第一检测中心 ").await.unwrap(), first);
    let all = store.institutions().await.unwrap();
    assert_eq!(all, [(first, "西安市第一检测中心".to_owned()), (second, "Zhengzhou Lab 2".to_owned())]);
    assert!(store.add_institution("  ").await.is_err());
}

pub(crate) async fn a_release_that_lies_ahead_is_taken_back_by_a_later_positive(store: &dyn Store) {
    register(store, 1).await;
    let now = 9 * DAY;
    // The lab's clock is 3 minutes ahead, so the release is, too.
    let ahead = |sampled, outcome| TestResult {
        received: minute(now),
        reported: minute(now + 3),
        ..result(sampled, outcome, Tube::Single)
    };
    post(store, vec![of(1, 1, result(now - 300, Outcome::Positive, Tube::Pooled))]).await;
    let posted = post(store, vec![of(1, 2, ahead(now - 60, Outcome::Negative))]).await;
    assert_eq!(posted.states[0].reasons[0].released, Some(minute(now + 3)));
    let posted = post(store, vec![of(1, 3, ahead(now - 30, Outcome::Positive))]).await;
    let released: Vec<_> = posted.states[0].reasons.iter().map(|reason| reason.released).collect();
    assert_eq!(released, [None, None]);
}

pub(crate) async fn a_proof_is_of_ones_own_result_and_leaves_an_audit_row(store: &dyn Store) {
    let (person, other) = (register(store, 1).await, register(store, 2).await);
    let negative = result(0, Outcome::Negative, Tube::Single);
    post(store, vec![of(1, 1, negative)]).await;
    assert!(store.result_proof(other, [1; 16], minute(5)).await.unwrap().is_none(), "somebody else's");
    assert!(store.result_proof(person, [2; 16], minute(5)).await.unwrap().is_none(), "no such result");
    let nobody = store.result_proof(PersonId::new(77).unwrap(), [1; 16], minute(5)).await;
    assert!(matches!(nobody, Err(StoreError::NotFound(Noun::Person))), "{nobody:?}");
    assert_eq!(store.list_audit(None, 9).await.unwrap().items, [], "nothing was read");
    let proof = store.result_proof(person, [1; 16], minute(5)).await.unwrap().unwrap();
    assert_eq!((proof.name.as_str(), proof.result.result), ("王建国", negative));
    assert_eq!((proof.document_kind, proof.birth_date), (DocumentKind::ResidentId, Some(date(1980, 1, 1))));
    assert!(!format!("{proof:?}").contains("王建国"), "what is logged names nobody");
    let rows = store.list_audit(None, 9).await.unwrap().items;
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].action.as_str(), rows[0].subject), ("read-proof", Some(person)));
}
