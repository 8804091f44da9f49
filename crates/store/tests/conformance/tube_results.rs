//! Results of tubes: what everybody in them gets, corrections, doubt, and what follows.

use yimatong_model::ids::{CommunityId, PersonId, StaffId};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::sampling::{SampleFlag, SampleFlags, TubeSize};
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};
use yimatong_store::{
    CaseState, Conflict, NewSample, NewTubeResult, PostedTubeResults, Problem, RowProblem, SampleOutcome,
    Store, StoreError, StoredResult, TaskArea, TubeOutcome,
};

use crate::fixtures::*;
use crate::samples::{batch_of, file, people, record, sample, tube};

const DAY: i64 = 24 * 60;

/// The n-th result a lab posts, of a tube it had after an hour.
pub(crate) fn told(n: u8, barcode: u32, outcome: Outcome) -> NewTubeResult {
    NewTubeResult {
        id: [n; 16],
        barcode: tube(barcode),
        outcome,
        method: Method::Naat,
        received: minute(60),
        reported: minute(120),
        institution: 7,
        staff: StaffId(6),
        amends: None,
        remark: None,
    }
}

pub(crate) fn amended(n: u8, barcode: u32, outcome: Outcome, version: u16) -> NewTubeResult {
    let remark = Some("wrong plate".to_owned());
    NewTubeResult { amends: Some(version), remark, reported: minute(180), ..told(n, barcode, outcome) }
}

/// Posts results, of which a dry run before must have told the same and written nothing.
pub(crate) async fn post(store: &dyn Store, results: Vec<NewTubeResult>) -> PostedTubeResults {
    let before = (store.latest_seq().await.unwrap(), store.list_audit(None, 1).await.unwrap().items.pop());
    let told = store.check_tube_results(results.clone(), minute(200)).await.unwrap();
    let after = (store.latest_seq().await.unwrap(), store.list_audit(None, 1).await.unwrap().items.pop());
    assert_eq!(before, after);
    let posted = store.post_tube_results(results, rules(), minute(200)).await.unwrap();
    assert_eq!(told, posted.rows);
    posted
}

pub(crate) fn single(n: u8, barcode: u32, person: PersonId, at: i64) -> NewSample {
    NewSample { size: TubeSize::One, sampled: minute(at), ..sample(n, barcode, person) }
}

async fn tasks(store: &dyn Store) -> Vec<PersonId> {
    let mut people: Vec<PersonId> = store
        .list_resample_tasks(TaskArea::City, None, 99)
        .await
        .unwrap()
        .items
        .iter()
        .map(|t| t.person)
        .collect();
    people.sort_unstable();
    people
}

const ONE: TubeOutcome = TubeOutcome::Recorded { version: 1, people: 1 };

pub(crate) async fn everybody_in_a_tube_gets_its_result_once(store: &dyn Store) {
    let people = people(store, 3).await;
    record(store, vec![sample(1, 1, people[0]), sample(2, 1, people[1]), sample(3, 1, people[2])]).await;
    store.undo_sample(tube(1), [3; 16], StaffId(3), "not here", minute(DAY)).await.unwrap();
    let posted = post(store, vec![told(1, 1, Outcome::Negative)]).await;
    assert_eq!(posted.rows, [TubeOutcome::Recorded { version: 1, people: 2 }]);
    assert_eq!(posted.states.len(), 2);
    let expected = |sampled| TestResult {
        sampled: minute(sampled),
        received: minute(60),
        reported: minute(120),
        outcome: Outcome::Negative,
        tube: Tube::Pooled,
        method: Method::Naat,
        institution: 7,
    };
    for (person, sampled) in people.iter().zip([1, 2]) {
        let history = store.result_history(*person, None, 9).await.unwrap().items;
        assert_eq!(history.iter().map(|row| row.result).collect::<Vec<_>>(), [expected(sampled)]);
        let state = posted.states.iter().find(|state| state.person_id == *person).unwrap();
        assert_eq!(state.results, [expected(sampled)]);
    }
    assert_eq!(store.result_history(people[2], None, 9).await.unwrap().items, []);
    let again = post(store, vec![told(1, 1, Outcome::Negative), told(9, 1, Outcome::Negative)]).await;
    assert_eq!((again.rows, again.states), (vec![TubeOutcome::Duplicate; 2], vec![]));
    let file = file(store, 1).await;
    assert_eq!((file.tube.result_version, file.tube.outcome), (1, Some(Outcome::Negative)));
    assert_eq!((file.tube.received, file.tube.received_by), (Some(minute(60)), Some(StaffId(6))));
    assert_eq!((file.results.len(), file.results[0].posted), (1, minute(200)));
    let error = store.undo_sample(tube(1), [1; 16], StaffId(3), "x", minute(DAY)).await.unwrap_err();
    assert_eq!(error, StoreError::Conflict(Conflict::HasResult));
}

pub(crate) async fn results_that_can_not_be_are_refused_one_by_one(store: &dyn Store) {
    let people = people(store, 1).await;
    record(store, vec![sample(1, 1, people[0])]).await;
    let disordered = NewTubeResult { received: minute(121), ..told(1, 1, Outcome::Negative) };
    let future = NewTubeResult { reported: minute(206), ..told(2, 1, Outcome::Negative) };
    let good = told(3, 1, Outcome::Negative);
    let reused = told(3, 1, Outcome::Positive);
    let other = told(4, 1, Outcome::Positive);
    let wrong_version = amended(5, 1, Outcome::Positive, 2);
    let posted = post(store, vec![disordered, future, good, reused, other, wrong_version]).await;
    let problems = [
        RowProblem::TimesOutOfOrder,
        RowProblem::InFuture,
        RowProblem::IdReused,
        RowProblem::AlreadyReported,
        RowProblem::VersionDiffers,
    ];
    let [a, b, c, d, e] = problems.map(TubeOutcome::Rejected);
    assert_eq!(posted.rows, [a, b, ONE, c, d, e]);
    let many = vec![told(1, 1, Outcome::Negative); 1_001];
    let error = store.post_tube_results(many, rules(), minute(200)).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "results", problem: Problem::TooManyRows });
    let wordy = NewTubeResult { remark: Some("x".repeat(401)), ..told(1, 1, Outcome::Negative) };
    let error = store.post_tube_results(vec![wordy], rules(), minute(200)).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "remark", problem: Problem::TooLong });
    let file = |rows| store.check_tube_results(vec![told(1, 1, Outcome::Negative); rows], minute(200));
    assert_eq!(file(20_000).await.unwrap().len(), 20_000);
    assert_eq!(
        file(20_001).await.unwrap_err(),
        StoreError::Invalid { field: "results", problem: Problem::TooManyRows }
    );
}

pub(crate) async fn a_pooled_positive_asks_everybody_for_a_single_sample(store: &dyn Store) {
    let people = people(store, 2).await;
    record(store, vec![sample(1, 1, people[0]), sample(2, 1, people[1])]).await;
    let posted = post(store, vec![told(1, 1, Outcome::Positive)]).await;
    for (person, sampled) in people.iter().zip([1, 2]) {
        let state = posted.states.iter().find(|state| state.person_id == *person).unwrap();
        assert_eq!(state.reasons, [Reason::new(ReasonCode::PooledPositive, minute(sampled))]);
    }
    let mut sorted = people.clone();
    sorted.sort_unstable();
    assert_eq!(tasks(store).await, sorted);
    assert_eq!(store.list_case_files(None, 9).await.unwrap().items, []);
    // One comes for it: that is no second sample of the round, and does the task.
    assert_eq!(
        record(store, vec![single(3, 2, people[0], 300)]).await.rows,
        [SampleOutcome::Recorded(SampleFlags::NONE)]
    );
    assert_eq!(tasks(store).await, [people[1]]);
    // Undone, it is waited for again.
    store.undo_sample(tube(2), [3; 16], StaffId(3), "wrong person", minute(DAY)).await.unwrap();
    assert_eq!(tasks(store).await, sorted);
    record(store, vec![single(4, 3, people[0], 310)]).await;
    let later = |n, barcode, outcome| NewTubeResult {
        received: minute(320),
        reported: minute(330),
        ..told(n, barcode, outcome)
    };
    let negative = later(2, 3, Outcome::Negative);
    let posted = store.post_tube_results(vec![negative], rules(), minute(340)).await.unwrap();
    assert_eq!(posted.states[0].reasons[0].released, Some(minute(330)), "green by itself");
    assert_eq!(posted.states[0].results[0].tube, Tube::Single);
}

pub(crate) async fn a_single_positive_opens_one_case_file(store: &dyn Store) {
    let people = people(store, 2).await;
    record(store, vec![single(1, 1, people[0], 1), single(2, 2, people[0], 2), single(3, 3, people[1], 3)])
        .await;
    let rows =
        vec![told(1, 1, Outcome::Positive), told(2, 2, Outcome::Positive), told(3, 3, Outcome::Positive)];
    let posted = post(store, rows).await;
    assert_eq!(posted.rows, [ONE; 3]);
    let codes: Vec<_> = posted.states[0].reasons.iter().map(|reason| reason.code).collect();
    assert!(codes.iter().all(|code| *code == ReasonCode::SinglePositive));
    let cases = store.list_case_files(None, 9).await.unwrap().items;
    let of_first: Vec<_> = cases.iter().filter(|case| case.person == people[0]).collect();
    assert_eq!((cases.len(), of_first.len()), (2, 1));
    assert_eq!((of_first[0].barcode.clone(), of_first[0].state), (Some(tube(1)), CaseState::Open));
    assert_eq!(of_first[0].opened, minute(200));
    assert_eq!(tasks(store).await, []);
    let first = store.list_case_files(None, 1).await.unwrap();
    let second = store.list_case_files(first.next.clone(), 1).await.unwrap();
    assert_eq!([first.items, second.items].concat(), cases);
    // Corrected, the case file is withdrawn; the other positive keeps the person a case.
    post(store, vec![amended(4, 1, Outcome::Negative, 1)]).await;
    let cases = store.list_case_files(None, 9).await.unwrap().items;
    let of_first = cases.iter().filter(|case| case.person == people[0] && case.state == CaseState::Open);
    assert_eq!(of_first.map(|case| case.barcode.clone()).collect::<Vec<_>>(), [None]);
    // Corrected too, nothing is left of it, and a positive of a lab without tubes opens another.
    post(store, vec![amended(5, 2, Outcome::Negative, 1)]).await;
    let cases = store.list_case_files(None, 9).await.unwrap().items;
    assert!(cases.iter().all(|case| case.person != people[0] || case.state == CaseState::Withdrawn));
    let document = resident(1);
    let result = result(20, Outcome::Positive, Tube::Single);
    let new = yimatong_store::NewResult { id: [9; 16], document, result };
    store.post_results(vec![new], rules(), minute(200)).await.unwrap();
    let cases = store.list_case_files(None, 9).await.unwrap().items;
    let mut states: Vec<_> = cases
        .iter()
        .filter(|case| case.person == people[0])
        .map(|case| (case.state, case.barcode.clone()))
        .collect();
    states.sort_by_key(|(state, barcode)| (*state as u8, barcode.clone()));
    let withdrawn = |barcode| (CaseState::Withdrawn, barcode);
    assert_eq!(states, [(CaseState::Open, None), withdrawn(None), withdrawn(Some(tube(1)))]);
}

pub(crate) async fn a_sample_never_does_the_task_that_its_own_tube_asks_for(store: &dyn Store) {
    let person = register(store, 1).await;
    // The device's clock is ahead of the lab's, and the swab was scanned twice.
    record(store, vec![single(1, 1, person, 61), single(2, 1, person, 62)]).await;
    post(store, vec![told(1, 1, Outcome::Invalid)]).await;
    assert_eq!(tasks(store).await, [person]);
    record(store, vec![single(3, 2, person, 63)]).await;
    assert_eq!(tasks(store).await, []);
}

pub(crate) async fn an_id_that_a_lab_gives_to_two_tubes_makes_two_results(store: &dyn Store) {
    let person = register(store, 1).await;
    // Both swabs were told to be taken after the lab had them, so both results are sampled when it had them.
    let at = |n: u8, minutes| NewSample { sampled: minute(minutes), ..sample(n, u32::from(n), person) };
    record(store, vec![at(1, 62), at(2, 63)]).await;
    let same = told(1, 2, Outcome::Indeterminate);
    assert_eq!(post(store, vec![told(1, 1, Outcome::Indeterminate), same]).await.rows, [ONE; 2]);
    let history = store.result_history(person, None, 9).await.unwrap().items;
    assert_eq!(history.len(), 2);
    assert_eq!(tasks(store).await, [person; 2]);
    let corrected = post(store, vec![amended(2, 1, Outcome::Negative, 1)]).await;
    assert_eq!(corrected.rows, [TubeOutcome::Recorded { version: 2, people: 1 }]);
    let left = store.result_history(person, None, 9).await.unwrap().items;
    assert_eq!(left.len(), 2, "the other tube's result stays");
    let told = |row: &StoredResult| row.corrected.map(|correction| correction.former);
    let told: Vec<_> = left.iter().map(|row| (row.result.outcome, told(row))).collect();
    assert!(told.contains(&(Outcome::Negative, Some(Outcome::Indeterminate))), "{told:?}");
    assert!(told.contains(&(Outcome::Indeterminate, None)), "corrected was the other one: {told:?}");
    assert_eq!(tasks(store).await, [person]);
}

pub(crate) async fn no_answer_of_the_lab_asks_for_a_single_sample(store: &dyn Store) {
    let people = people(store, 3).await;
    record(store, vec![sample(1, 1, people[0]), single(2, 2, people[1], 2), single(3, 3, people[2], 3)])
        .await;
    record(store, vec![single(4, 4, people[0], 50)]).await;
    let outcomes = [(1, Outcome::Invalid), (2, Outcome::Indeterminate), (3, Outcome::Negative)];
    let posted = post(store, outcomes.map(|(n, outcome)| told(n, u32::from(n), outcome)).to_vec()).await;
    assert!(posted.states.iter().all(|state| state.reasons.is_empty()));
    assert_eq!(
        tasks(store).await,
        [people[1]],
        "the first has given one since, though the lab had not told yet"
    );
}

pub(crate) async fn a_result_without_samples_is_refused_and_listed_until_they_come(store: &dyn Store) {
    let people = people(store, 1).await;
    let unknown = TubeOutcome::Rejected(RowProblem::UnknownTube);
    let twice = vec![told(1, 1, Outcome::Positive), told(2, 1, Outcome::Positive)];
    assert_eq!(post(store, twice).await.rows, [unknown; 2]);
    assert_eq!(post(store, vec![told(1, 1, Outcome::Positive)]).await.rows, [unknown]);
    let open = store.sample_problems(true, None, 9).await.unwrap().items;
    assert_eq!(
        (open.len(), open[0].kind, open[0].staff),
        (1, SampleFlag::ResultWithoutSamples, Some(StaffId(6)))
    );
    record(store, vec![sample(1, 1, people[0])]).await;
    assert_eq!(post(store, vec![told(1, 1, Outcome::Positive)]).await.rows, [ONE]);
    assert_eq!(store.sample_problems(true, None, 9).await.unwrap().items, []);
    let all = store.sample_problems(false, None, 9).await.unwrap().items;
    assert_eq!((all[0].resolved, all[0].resolved_by), (Some(minute(200)), None));
    assert_eq!(file(store, 1).await.tube.flags, SampleFlags::NONE);
}

pub(crate) async fn a_corrected_positive_takes_back_what_only_it_gave(store: &dyn Store) {
    let people = people(store, 2).await;
    record(store, vec![sample(1, 1, people[0]), sample(2, 1, people[1]), sample(3, 2, people[1])]).await;
    post(store, vec![told(1, 1, Outcome::Positive), told(2, 2, Outcome::Positive)]).await;
    let correction = amended(3, 1, Outcome::Negative, 1);
    let posted = post(store, vec![correction.clone()]).await;
    assert_eq!(posted.rows, [TubeOutcome::Recorded { version: 2, people: 2 }]);
    for (person, sampled) in people.iter().zip([1, 2]) {
        let state = posted.states.iter().find(|state| state.person_id == *person).unwrap();
        let reason = Reason::new(ReasonCode::PooledPositive, minute(sampled));
        assert_eq!(state.reasons[0], Reason { released: Some(minute(200)), ..reason });
        let history = store.result_history(*person, None, 9).await.unwrap().items;
        let of_tube: Vec<_> = history.iter().filter(|row| row.result.sampled == minute(sampled)).collect();
        assert_eq!((of_tube.len(), of_tube[0].result.outcome), (1, Outcome::Negative));
    }
    let second = posted.states.iter().find(|state| state.person_id == people[1]).unwrap();
    assert_eq!(
        second.reasons[1],
        Reason::new(ReasonCode::PooledPositive, minute(3)),
        "the other tube's stays"
    );
    assert_eq!(tasks(store).await, [people[1]]);
    let file = file(store, 1).await;
    let versions: Vec<_> = file.results.iter().map(|row| (row.version, row.outcome)).collect();
    assert_eq!(versions, [(1, Outcome::Positive), (2, Outcome::Negative)], "nothing is overwritten");
    let audit = store.list_audit(None, 99).await.unwrap().items;
    let rows = |action: &str| audit.iter().filter(|row| row.action == action).collect::<Vec<_>>().len();
    assert_eq!((rows("amend-tube-result"), rows("release-reason")), (1, 2));
    let released = audit.iter().find(|row| row.action == "release-reason").unwrap();
    assert_eq!(
        released.purpose.as_deref(),
        Some("ZZ-000001: pooled-positive, version 2 of the result: wrong plate")
    );
    assert_eq!(post(store, vec![correction]).await.rows, [TubeOutcome::Duplicate]);
    // And back again.
    let posted = post(store, vec![amended(4, 1, Outcome::Positive, 2)]).await;
    let first = posted.states.iter().find(|state| state.person_id == people[0]).unwrap();
    assert_eq!(first.reasons, [Reason::new(ReasonCode::PooledPositive, minute(1))]);
    assert!(tasks(store).await.contains(&people[0]));
}

pub(crate) async fn a_corrected_negative_brings_back_what_it_released(store: &dyn Store) {
    let people = people(store, 1).await;
    record(store, vec![sample(1, 1, people[0]), single(2, 2, people[0], 30)]).await;
    let posted = post(store, vec![told(1, 1, Outcome::Positive), told(2, 2, Outcome::Negative)]).await;
    assert_eq!(posted.states[0].reasons[0].released, Some(minute(120)));
    let posted = post(store, vec![amended(3, 2, Outcome::Invalid, 1)]).await;
    let reason = Reason::new(ReasonCode::PooledPositive, minute(1));
    assert_eq!(posted.states[0].reasons, [reason]);
    assert_eq!(tasks(store).await, people, "the swab was invalid");
    assert_eq!(store.load_states(None, 9).await.unwrap(), posted.states);
}

pub(crate) async fn a_negative_of_a_tube_in_doubt_is_held_and_a_positive_goes_to_all(store: &dyn Store) {
    let people = people(store, 4).await;
    for barcode in [1, 2] {
        let n = barcode as u8;
        record(store, vec![sample(n, barcode, people[0])]).await;
        let other = batch_of(2, vec![sample(n + 10, barcode, people[usize::from(n)])]);
        store.record_samples(other, minute(DAY)).await.unwrap();
    }
    let posted = post(store, vec![told(1, 1, Outcome::Negative), told(2, 2, Outcome::Positive)]).await;
    let held = TubeOutcome::Rejected(RowProblem::TubeInDoubt);
    assert_eq!(posted.rows, [held, TubeOutcome::Recorded { version: 1, people: 2 }]);
    let problem = store.sample_problems(true, None, 9).await.unwrap().items;
    let problem =
        problem.iter().find(|row| row.barcode == tube(1) && row.kind == SampleFlag::BarcodeUsed).unwrap();
    store
        .resolve_sample_problem(problem.id, StaffId(8), "one table, two tablets", minute(150))
        .await
        .unwrap();
    let posted = post(store, vec![told(1, 1, Outcome::Negative)]).await;
    assert_eq!(posted.rows, [TubeOutcome::Recorded { version: 1, people: 2 }]);
}

pub(crate) async fn samples_told_after_the_result_are_flagged_and_get_it_with_a_correction(
    store: &dyn Store,
) {
    let people = people(store, 4).await;
    record(store, vec![sample(1, 1, people[0])]).await;
    post(store, vec![told(1, 1, Outcome::Negative)]).await;
    let late = sample(2, 1, people[1]);
    let taken_later = NewSample { sampled: minute(66), ..sample(3, 1, people[2]) };
    let rows = record(store, vec![late, taken_later]).await.rows;
    let flagged = |flag| SampleOutcome::Recorded(SampleFlags::from_iter([flag]));
    assert_eq!(rows, [flagged(SampleFlag::AfterResult), flagged(SampleFlag::BarcodeUsed)]);
    let undone = NewSample { undone: Some(minute(9)), ..sample(1, 1, people[0]) };
    assert_eq!(record(store, vec![undone]).await.rows, [flagged(SampleFlag::UndoneAfterResult)]);
    let problems = store.sample_problems(true, None, 9).await.unwrap().items;
    let in_doubt = problems.iter().find(|row| row.kind == SampleFlag::BarcodeUsed).unwrap();
    store.resolve_sample_problem(in_doubt.id, StaffId(8), "a second tube", minute(150)).await.unwrap();
    let posted = post(store, vec![amended(2, 1, Outcome::Negative, 1)]).await;
    assert_eq!(posted.rows, [TubeOutcome::Recorded { version: 2, people: 2 }]);
    assert_eq!(store.result_history(people[1], None, 9).await.unwrap().items.len(), 1);
    let not_in_it = store.result_history(people[2], None, 9).await.unwrap().items;
    assert_eq!(not_in_it, [], "sampled after the lab had the tube");
    let flags = file(store, 1).await.tube.flags;
    assert!(flags.contains(SampleFlag::SampledAfterReceipt) && !flags.contains(SampleFlag::AfterResult));
    let open = store.sample_problems(true, None, 9).await.unwrap().items;
    let kinds: Vec<_> = open.iter().map(|row| row.kind).collect();
    assert_eq!(
        kinds,
        [SampleFlag::UndoneAfterResult, SampleFlag::SampledAfterReceipt],
        "the cured one is over"
    );
    let posted = post(store, vec![amended(3, 1, Outcome::Positive, 2)]).await;
    assert_eq!(posted.rows, [TubeOutcome::Recorded { version: 3, people: 3 }], "to be on the safe side");
}

pub(crate) async fn a_tube_received_before_all_its_samples_were_taken_is_refused(store: &dyn Store) {
    let people = people(store, 5).await;
    let at = |n, barcode, person: usize, sampled| NewSample {
        sampled: minute(sampled),
        ..sample(n, barcode, people[person])
    };
    // The lab had every tube at minute 60; clocks may differ by 5.
    record(store, vec![at(1, 1, 0, 66), at(2, 1, 1, 70), at(3, 2, 2, 65)]).await;
    record(store, vec![at(4, 3, 3, 66)]).await;
    let other = batch_of(2, vec![at(5, 3, 4, 67)]);
    store.record_samples(other, minute(DAY)).await.unwrap();
    let outcomes = [Outcome::Negative, Outcome::Positive, Outcome::Invalid];
    let early = outcomes.iter().zip(1..).map(|(outcome, n)| told(n, 1, *outcome)).collect();
    let refused = TubeOutcome::Rejected(RowProblem::ReceivedBeforeSampled);
    let posted = post(store, early).await;
    assert_eq!((posted.rows, posted.states), (vec![refused; 3], vec![]));
    let file = file(store, 1).await;
    assert_eq!((file.tube.result_version, file.tube.received), (0, None), "the tube still waits");
    assert_eq!(file.tube.flags, SampleFlags::default());
    let in_doubt = TubeOutcome::Recorded { version: 1, people: 2 };
    let posted = post(store, vec![told(4, 2, Outcome::Negative), told(5, 3, Outcome::Positive)]).await;
    assert_eq!(posted.rows, [ONE, in_doubt], "clocks differ; a positive of a barcode in doubt can't wait");
    let history = store.result_history(people[2], None, 9).await.unwrap().items;
    assert_eq!(history[0].result.sampled, minute(60), "never after the receipt");
    let right = NewTubeResult { received: minute(80), ..told(6, 1, Outcome::Negative) };
    assert_eq!(post(store, vec![right]).await.rows, [TubeOutcome::Recorded { version: 1, people: 2 }]);
}

pub(crate) async fn two_people_in_a_tube_for_one_wait_for_single_samples(store: &dyn Store) {
    let people = people(store, 2).await;
    record(store, vec![single(1, 1, people[0], 1), single(2, 1, people[1], 2)]).await;
    let posted = post(store, vec![told(1, 1, Outcome::Positive)]).await;
    let codes: Vec<_> = posted.states.iter().map(|state| state.reasons[0].code).collect();
    assert_eq!(codes, [ReasonCode::PooledPositive; 2]);
    assert_eq!((tasks(store).await.len(), store.list_case_files(None, 9).await.unwrap().items.len()), (2, 0));
}

pub(crate) async fn tasks_are_listed_by_area_in_pages(store: &dyn Store) {
    let community = |id, district| yimatong_store::CommunityRow {
        community: yimatong_model::community::Community {
            id: CommunityId(id),
            code: u64::from(district) * 1_000_000 + u64::from(id),
            name: format!("第{id}社区"),
            street: district * 1_000 + 1,
            district,
            groups: 4,
        },
        street_name: "青年路街道".to_owned(),
        district_name: "区".to_owned(),
    };
    let communities = vec![community(1, 610_104), community(2, 610_104), community(3, 610_113)];
    store.import_communities(communities).await.unwrap();
    let mut people = Vec::new();
    for (n, home) in (1..).zip([Some(1), Some(2), Some(3), None]) {
        let new = yimatong_store::RegisterPerson { community: home.map(CommunityId), ..adult(n) };
        people.push(store.register_person(new, None).await.unwrap().state.person_id);
    }
    let rows = (1..).zip(&people).map(|(n, person)| sample(n, 1, *person)).collect();
    record(store, rows).await;
    post(store, vec![told(1, 1, Outcome::Positive)]).await;
    let of = async |area| {
        let mut listed = Vec::new();
        let mut cursor = None;
        loop {
            let page = store.list_resample_tasks(area, cursor, 1).await.unwrap();
            listed.extend(page.items.into_iter().map(|task| (task.person, task.community)));
            cursor = page.next;
            if cursor.is_none() {
                listed.sort_unstable();
                return listed;
            }
        }
    };
    let expected = |numbers: &[usize]| {
        let mut expected: Vec<_> = numbers
            .iter()
            .map(|n| (people[*n], (*n < 3).then(|| CommunityId(u32::try_from(n + 1).unwrap()))))
            .collect();
        expected.sort_unstable();
        expected
    };
    assert_eq!(of(TaskArea::City).await, expected(&[0, 1, 2, 3]));
    assert_eq!(of(TaskArea::Community(CommunityId(2))).await, expected(&[1]));
    assert_eq!(of(TaskArea::District(610_104)).await, expected(&[0, 1]));
    let task = &store.list_resample_tasks(TaskArea::City, None, 1).await.unwrap().items[0];
    assert_eq!((task.barcode.clone(), task.campaign, task.made), (tube(1), Some(7), minute(200)));
}
