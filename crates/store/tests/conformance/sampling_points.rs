//! Places where samples are taken.

use yimatong_model::ids::SamplingPointId;
use yimatong_store::{NewSamplingPoint, Noun, PointKind, Problem, SamplingPointRow, Store, StoreError};

use crate::fixtures::*;

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
    let all = store.list_sampling_points("", None, 9).await.unwrap().items;
    assert_eq!(all, [school.clone(), door.clone()]);
    assert_eq!(
        store.list_sampling_points("青年路", None, 9).await.unwrap().items,
        std::slice::from_ref(&school)
    );
    let first = store.list_sampling_points("", None, 1).await.unwrap();
    assert_eq!(
        store.list_sampling_points("", first.next, 1).await.unwrap().items,
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
    assert_eq!(store.list_sampling_points("", None, 9).await.unwrap().items, []);
}
