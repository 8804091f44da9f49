//! The list of what is odd about samples.

use yimatong_model::ids::{SamplingPointId, StaffId};
use yimatong_model::sampling::{SampleFlag, SampleFlags, TubeSize};
use yimatong_store::{
    Conflict, NewSample, Noun, Problem, SampleOutcome, SampleProblemRow, Store, StoreError,
};

use crate::fixtures::*;
use crate::samples::{batch_of, file, people, record, sample, tube};

const DAY: i64 = 24 * 60;

async fn problems(store: &dyn Store) -> Vec<SampleProblemRow> {
    store.sample_problems(false, None, 100).await.unwrap().items
}

pub(crate) async fn a_sample_is_listed_for_itself_and_a_tube_once(store: &dyn Store) {
    let people = people(store, 9).await;
    let single = |n: u8, person: usize| NewSample { size: TubeSize::One, ..sample(n, 1, people[person]) };
    record(store, vec![single(1, 0), single(2, 1), single(3, 2), sample(4, 2, people[0])]).await;
    record(store, vec![sample(5, 3, people[0]), single(2, 1)]).await;
    let listed: Vec<_> =
        problems(store).await.into_iter().map(|row| (row.id, row.kind, row.barcode, row.person)).collect();
    let (over, again) = (SampleFlag::TubeOver, SampleFlag::AlreadySampled);
    assert_eq!(
        listed,
        [
            (1, over, tube(1), Some(people[1])),
            (2, again, tube(2), Some(people[0])),
            (3, again, tube(3), Some(people[0]))
        ]
    );
    let first = &problems(store).await[0];
    assert_eq!(
        (first.sample, first.point, first.staff),
        (Some([2; 16]), Some(SamplingPointId(4)), Some(StaffId(3)))
    );
    assert_eq!((first.at, first.resolved), (minute(DAY), None));
}

pub(crate) async fn a_resolved_problem_leaves_the_tube_without_doubt_until_it_comes_again(store: &dyn Store) {
    let people = people(store, 3).await;
    record(store, vec![sample(1, 1, people[0])]).await;
    let other = |n: u8| batch_of(2, vec![sample(n, 1, people[usize::from(n) - 1])]);
    store.record_samples(other(2), minute(DAY)).await.unwrap();
    let resolve =
        |by: u32, remark: &'static str| store.resolve_sample_problem(1, StaffId(by), remark, minute(DAY + 1));
    let resolved = resolve(8, " the first device's battery was empty ").await.unwrap();
    assert_eq!((resolved.resolved, resolved.resolved_by), (Some(minute(DAY + 1)), Some(StaffId(8))));
    assert_eq!(resolve(8, "the first device's battery was empty").await.unwrap(), resolved);
    for (by, remark) in [(9, "the first device's battery was empty"), (8, "something else")] {
        let error = resolve(by, remark).await.unwrap_err();
        assert_eq!(error, StoreError::Conflict(Conflict::AlreadyResolved));
    }
    assert_eq!(file(store, 1).await.tube.flags, SampleFlags::NONE);
    assert_eq!(store.sample_problems(true, None, 9).await.unwrap().items, []);
    let flagged = SampleOutcome::Recorded(SampleFlags::from_iter([SampleFlag::BarcodeUsed]));
    assert_eq!(store.record_samples(other(3), minute(DAY)).await.unwrap().rows, [flagged]);
    let open = store.sample_problems(true, None, 9).await.unwrap().items;
    assert_eq!(open.iter().map(|row| row.id).collect::<Vec<_>>(), [2]);
    let audit = store.list_audit(None, 9).await.unwrap().items;
    let audited: Vec<_> = audit.iter().filter(|row| row.action == "resolve-sample-problem").collect();
    assert_eq!(audited.len(), 1);
    assert_eq!(audited[0].purpose.as_deref(), Some("ZZ-000001: the first device's battery was empty"));
}

pub(crate) async fn problems_are_listed_oldest_first_in_pages(store: &dyn Store) {
    let people = people(store, 1).await;
    let rows = (1..=6).map(|n| sample(n, u32::from(n), people[0])).collect();
    record(store, rows).await;
    store.resolve_sample_problem(3, StaffId(8), "the person wanted it so", minute(DAY)).await.unwrap();
    let first = store.sample_problems(true, None, 2).await.unwrap();
    let second = store.sample_problems(true, first.next.clone(), 2).await.unwrap();
    let ids = |rows: &[SampleProblemRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!((ids(&first.items), ids(&second.items), second.next), (vec![1, 2], vec![4, 5], None));
    let error = store.resolve_sample_problem(9, StaffId(8), "x", minute(DAY)).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound(Noun::SampleProblem));
    let error = store.resolve_sample_problem(1, StaffId(8), "", minute(DAY)).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "remark", problem: Problem::Empty });
    let error = store.sample_problems(false, Some("x".to_owned()), 2).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "cursor", problem: Problem::Malformed });
}
