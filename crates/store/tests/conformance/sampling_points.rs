//! Places where samples are taken.

use yimatong_model::ids::SamplingPointId;
use yimatong_store::{
    NewSample, NewSamplingPoint, Noun, PointArea, PointKind, PointLoad, Problem, SampleBatch,
    SamplingPointRow, Store, StoreError,
};

use crate::fixtures::*;
use crate::samples::{batch_of, people, record, sample};

const CITY: PointArea = PointArea::CITY;

pub(crate) fn point(name: &str) -> NewSamplingPoint {
    NewSamplingPoint {
        name: name.to_owned(),
        kind: PointKind::Fixed,
        area: 610_104_001_000,
        address: "青年路 1 号".to_owned(),
        opens: Some(minute(0)),
        closes: Some(minute(600)),
        at: minute(0),
    }
}

pub(crate) async fn points_are_added_found_and_closed(store: &dyn Store) {
    let school = store.add_sampling_point(point(" 小学操场 "), once(1, 1)).await.unwrap();
    assert_eq!(store.add_sampling_point(point(" 小学操场 "), once(1, 1)).await.unwrap(), school);
    assert_eq!((school.id, school.name.as_str(), school.closed), (SamplingPointId(1), "小学操场", None));
    let door = NewSamplingPoint { kind: PointKind::DoorToDoor, area: 610_104_001, ..point("上门一组") };
    let door = NewSamplingPoint { opens: None, closes: None, address: String::new(), ..door };
    let door = store.add_sampling_point(door, None).await.unwrap();
    let all = store.list_sampling_points("", CITY, None, 9).await.unwrap().items;
    assert_eq!(all, [school.clone(), door.clone()]);
    assert_eq!(
        store.list_sampling_points("青年路", CITY, None, 9).await.unwrap().items,
        std::slice::from_ref(&school)
    );
    let first = store.list_sampling_points("", CITY, None, 1).await.unwrap();
    assert_eq!(
        store.list_sampling_points("", CITY, first.next, 1).await.unwrap().items,
        std::slice::from_ref(&door)
    );
    let closed = store.close_sampling_point(school.id, minute(7)).await.unwrap();
    assert_eq!(closed, SamplingPointRow { closed: Some(minute(7)), ..school.clone() });
    assert_eq!(
        store.close_sampling_point(school.id, minute(8)).await.unwrap(),
        closed,
        "since the first time"
    );
    let error = store.close_sampling_point(SamplingPointId(9), minute(8)).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound(Noun::SamplingPoint));
}

pub(crate) async fn what_can_not_be_a_point_is_refused(store: &dyn Store) {
    let bad = [
        (NewSamplingPoint { name: " ".to_owned(), ..point("") }, "name", Problem::Empty),
        (NewSamplingPoint { address: "x".repeat(201), ..point("a") }, "address", Problem::TooLong),
        (NewSamplingPoint { area: 610_104, ..point("a") }, "area", Problem::Malformed),
        (NewSamplingPoint { closes: Some(minute(0)), ..point("a") }, "closes", Problem::Mismatch),
    ];
    for (new, field, problem) in bad {
        let error = store.add_sampling_point(new, None).await.unwrap_err();
        assert_eq!(error, StoreError::Invalid { field, problem });
    }
    assert_eq!(store.list_sampling_points("", CITY, None, 9).await.unwrap().items, []);
}

pub(crate) async fn points_are_found_by_their_area(store: &dyn Store) {
    let mut ids = Vec::new();
    for area in [610_104_001, 610_104_001_002, 610_104_002_001, 610_113_001] {
        let new = NewSamplingPoint { area, ..point("a") };
        ids.push(store.add_sampling_point(new, None).await.unwrap().id);
    }
    for (code, expected) in [
        (610_104, &ids[..3]),
        (610_104_001, &ids[..2]),
        (610_104_001_009, &ids[..1]),
        (610_113_001, &ids[3..]),
    ] {
        let area = PointArea::of(code).unwrap();
        let mut found = Vec::new();
        let mut cursor = None;
        loop {
            let page = store.list_sampling_points("", area, cursor, 1).await.unwrap();
            found.extend(page.items.iter().map(|row| row.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "{code}");
    }
}

pub(crate) async fn a_queue_is_what_was_told_last(store: &dyn Store) {
    let added = store.add_sampling_point(point("a"), None).await.unwrap();
    assert_eq!((added.waiting, added.waiting_at), (None, None));
    for (waiting, at) in [(120, 3), (0, 4)] {
        let told = store.tell_queue(added.id, waiting, minute(at)).await.unwrap();
        let expected =
            SamplingPointRow { waiting: Some(waiting), waiting_at: Some(minute(at)), ..added.clone() };
        assert_eq!(told, expected);
        assert_eq!(store.list_sampling_points("", CITY, None, 9).await.unwrap().items, [expected]);
    }
    let error = store.tell_queue(added.id, 10_001, minute(5)).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "waiting", problem: Problem::TooLarge });
    let error = store.tell_queue(SamplingPointId(9), 1, minute(5)).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound(Noun::SamplingPoint));
}

pub(crate) async fn the_load_of_a_point_counts_each_sample_once(store: &dyn Store) {
    const NOW: i64 = 600;
    let people = people(store, 4).await;
    let rows = |point: u32, rows| SampleBatch { point: SamplingPointId(point), ..batch_of(1, rows) };
    let at = |n: u8, tube, person: usize, minutes| NewSample {
        sampled: minute(minutes),
        ..sample(n, tube, people[person])
    };
    let undone = NewSample { undone: Some(minute(NOW)), ..at(5, 2, 3, NOW) };
    // Ten minutes ago, a moment later, now, and on the day before.
    let first = rows(4, vec![at(1, 1, 0, NOW - 10), at(2, 1, 1, NOW - 9), at(3, 2, 2, NOW), undone]);
    let second = rows(5, vec![at(6, 3, 3, NOW - 1_100), at(7, 4, 3, NOW + 2)]);
    for batch in [&first, &second, &first, &second] {
        store.record_samples(batch.clone(), minute(NOW)).await.unwrap();
    }
    let load =
        |people_10_min, people_today, tubes_today| PointLoad { people_10_min, people_today, tubes_today };
    let loads = store.sampling_point_loads(minute(NOW)).await.unwrap();
    let expected = [(SamplingPointId(4), load(2, 3, 2)), (SamplingPointId(5), load(1, 1, 1))];
    assert_eq!(loads.into_iter().collect::<Vec<_>>(), expected);
    let later = store.sampling_point_loads(minute(NOW + 60)).await.unwrap();
    assert_eq!(later[&SamplingPointId(4)], load(0, 3, 2));
    store.purge_expired(minute(NOW + 180)).await.unwrap();
    assert_eq!(store.sampling_point_loads(minute(NOW + 180)).await.unwrap(), later);
    assert_eq!(store.sampling_point_loads(minute(NOW + 24 * 60)).await.unwrap().len(), 0);
    // What comes after a day is counted for its day, and for no minute.
    record(store, vec![at(9, 9, 0, NOW)]).await;
    let loads = store.sampling_point_loads(minute(NOW)).await.unwrap();
    assert_eq!(loads[&SamplingPointId(4)], load(0, 4, 3));
}
