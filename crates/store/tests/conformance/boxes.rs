//! Boxes on their way to the lab, and tubes that are late.

use yimatong_model::ids::{SamplingPointId, StaffId};
use yimatong_model::sampling::Barcode;
use yimatong_model::test_result::Outcome;
use yimatong_store::{
    Noun, Overdue, OverdueTube, Problem, RowOutcome, Store, StoreError, TubeOwner, TubeOwner::Lab,
};

use crate::fixtures::*;
use crate::samples::{file, people, record, sample, tube};
use crate::tube_results::told;

const POINT: SamplingPointId = SamplingPointId(4);
const PACKER: StaffId = StaffId(3);
const RECEIVER: StaffId = StaffId(6);

fn crate_of(n: u32) -> Barcode {
    format!("BOX-{n:03}").parse().unwrap()
}

async fn pack(store: &dyn Store, n: u32, tubes: &[u32], at: i64) {
    let tubes = tubes.iter().map(|n| tube(*n)).collect();
    store.pack_box(crate_of(n), POINT, tubes, PACKER, minute(at)).await.unwrap();
}

async fn receive(store: &dyn Store, n: Option<u32>, tubes: &[u32], at: i64) -> Vec<RowOutcome> {
    let tubes = tubes.iter().map(|n| tube(*n)).collect();
    store.receive_tubes(n.map(crate_of), tubes, RECEIVER, minute(at)).await.unwrap()
}

async fn overdue(store: &dyn Store, kind: Overdue, before: i64) -> Vec<OverdueTube> {
    store.overdue_tubes(kind, minute(before), None, 99).await.unwrap().items
}

fn barcodes(overdue: &[OverdueTube]) -> Vec<Barcode> {
    overdue.iter().map(|row| row.barcode.clone()).collect()
}

pub(crate) async fn a_box_is_packed_handed_over_and_received(store: &dyn Store) {
    pack(store, 1, &[1, 2], 10).await;
    pack(store, 1, &[2, 3], 12).await;
    let handed = store.hand_over_box(crate_of(1), " 李师傅 ", minute(20)).await.unwrap();
    assert_eq!(
        (handed.packed, handed.packed_by, handed.point),
        (Some(minute(10)), Some(PACKER), Some(POINT))
    );
    assert_eq!((handed.courier.as_deref(), handed.handed), (Some("李师傅"), Some(minute(20))));
    assert_eq!(store.hand_over_box(crate_of(1), "李师傅", minute(21)).await.unwrap(), handed);
    let relayed = store.hand_over_box(crate_of(1), "王师傅", minute(25)).await.unwrap();
    assert_eq!(relayed.handed, Some(minute(25)));
    let recorded = receive(store, Some(1), &[1, 3, 9], 30).await;
    assert_eq!(recorded, [RowOutcome::Recorded; 3]);
    assert_eq!(receive(store, Some(1), &[1], 31).await, [RowOutcome::Duplicate]);
    let at_lab = store.receive_box(crate_of(1), RECEIVER, minute(32)).await.unwrap();
    assert_eq!((at_lab.missing, at_lab.unsent), (vec![tube(2)], vec![tube(9)]));
    assert_eq!((at_lab.row.received, at_lab.row.received_by), (Some(minute(32)), Some(RECEIVER)));
    // The missing one turns up without its box.
    receive(store, None, &[2], 40).await;
    let again = store.receive_box(crate_of(1), StaffId(7), minute(41)).await.unwrap();
    assert_eq!((again.missing, again.unsent, again.row), (vec![], vec![tube(9)], at_lab.row));
    let kept = file(store, 2).await.tube;
    assert_eq!(
        (kept.in_box, kept.packed, kept.received),
        (Some(crate_of(1)), Some(minute(10)), Some(minute(40)))
    );
    assert_eq!((kept.opened, kept.people), (None, 0), "its samples were not told yet");
}

pub(crate) async fn a_tube_packed_again_is_not_missing_in_the_first_box(store: &dyn Store) {
    pack(store, 1, &[1, 2], 10).await;
    pack(store, 2, &[2], 11).await;
    let first = store.receive_box(crate_of(1), RECEIVER, minute(20)).await.unwrap();
    assert_eq!(first.missing, [tube(1)]);
    let second = store.receive_box(crate_of(2), RECEIVER, minute(20)).await.unwrap();
    assert_eq!(second.missing, [tube(2)]);
}

pub(crate) async fn a_box_that_was_not_sent_is_received_and_one_that_is_not_there_is_not_handed_over(
    store: &dyn Store,
) {
    receive(store, Some(1), &[1], 10).await;
    let unsent = store.receive_box(crate_of(1), RECEIVER, minute(10)).await.unwrap();
    assert_eq!((unsent.row.packed, unsent.unsent), (None, vec![tube(1)]));
    let error = store.hand_over_box(crate_of(2), "李师傅", minute(10)).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound(Noun::Box));
    let error = store.hand_over_box(crate_of(1), " ", minute(10)).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "courier", problem: Problem::Empty });
    let many = (0..1_001).map(tube).collect();
    let error = store.receive_tubes(None, many, RECEIVER, minute(10)).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "tubes", problem: Problem::TooManyRows });
}

pub(crate) async fn a_tube_is_on_the_list_of_where_it_waits_with_who_has_it(store: &dyn Store) {
    let people = people(store, 3).await;
    record(store, vec![sample(1, 1, people[0]), sample(2, 1, people[1]), sample(3, 2, people[2])]).await;
    let unpacked = overdue(store, Overdue::Unpacked, 3).await;
    let one = |since, people, owner| {
        let in_box = (since > 1).then(|| crate_of(1));
        OverdueTube { barcode: tube(1), since: minute(since), people, in_box, owner }
    };
    assert_eq!(unpacked, [one(1, 2, TubeOwner::Point(POINT))], "the other is not late");
    pack(store, 1, &[1, 2], 10).await;
    assert_eq!(overdue(store, Overdue::Unpacked, 99).await, []);
    let in_transit = overdue(store, Overdue::InTransit, 99).await;
    assert_eq!(in_transit[0], one(10, 2, TubeOwner::Point(POINT)));
    store.hand_over_box(crate_of(1), "李师傅", minute(20)).await.unwrap();
    let carried = TubeOwner::Courier { courier: "李师傅".to_owned(), in_box: crate_of(1) };
    assert_eq!(overdue(store, Overdue::InTransit, 99).await[0], one(10, 2, carried));
    receive(store, Some(1), &[1, 7], 30).await;
    assert_eq!(barcodes(&overdue(store, Overdue::InTransit, 99).await), [tube(2)]);
    let waiting = overdue(store, Overdue::WithoutResult, 99).await;
    assert_eq!(waiting[0], one(30, 2, Lab(RECEIVER)));
    assert_eq!(barcodes(&waiting), [tube(1), tube(7)]);
    assert_eq!(overdue(store, Overdue::WithoutResult, 30).await, [], "since the very moment");
    assert_eq!(barcodes(&overdue(store, Overdue::ReceivedUnsent, 99).await), [tube(7)]);
    // A result says that the lab has the tube.
    let rows = vec![told(1, 1, Outcome::Negative), told(2, 2, Outcome::Negative)];
    store.post_tube_results(rows, rules(), minute(200)).await.unwrap();
    assert_eq!(overdue(store, Overdue::InTransit, 999).await, []);
    assert_eq!(barcodes(&overdue(store, Overdue::WithoutResult, 999).await), [tube(7)]);
}

pub(crate) async fn late_tubes_are_listed_longest_first_in_pages(store: &dyn Store) {
    for (n, at) in [(1, 30), (2, 10), (3, 20), (4, 20)] {
        pack(store, n, &[n], at).await;
    }
    let mut listed = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.overdue_tubes(Overdue::InTransit, minute(99), cursor, 2).await.unwrap();
        listed.extend(barcodes(&page.items));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(listed, [2, 3, 4, 1].map(tube));
    let forged = Some("1.x' OR 1".to_owned());
    let error = store.overdue_tubes(Overdue::InTransit, minute(99), forged, 2).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "cursor", problem: Problem::Malformed });
}

pub(crate) async fn samples_may_be_told_after_box_and_lab(store: &dyn Store) {
    let people = people(store, 1).await;
    pack(store, 1, &[1], 10).await;
    receive(store, Some(1), &[1], 20).await;
    record(store, vec![sample(1, 1, people[0])]).await;
    let kept = file(store, 1).await.tube;
    assert_eq!((kept.people, kept.packed, kept.received), (1, Some(minute(10)), Some(minute(20))));
    assert!(kept.opened.is_some() && kept.flags.is_empty());
    assert_eq!(overdue(store, Overdue::WithoutResult, 99).await[0].people, 1);
}
