//! What operators set.

use yimatong_model::ids::StaffId;
use yimatong_store::{
    AuditEntry, Conflict, NoticeRow, Operations, OperationsChange, Problem, Store, StoreError,
};

use crate::fixtures::*;

fn audit(action: &str, minutes: i64) -> AuditEntry {
    AuditEntry {
        at: minute(minutes),
        staff: Some(StaffId(3)),
        action: action.to_owned(),
        subject: None,
        purpose: Some("limit 16 -> 24".to_owned()),
    }
}

fn notice(zh: &str) -> NoticeRow {
    let (en, level) = ("Results are delayed; codes work.".to_owned(), "info".to_owned());
    NoticeRow { zh: zh.to_owned(), en, level, at: minute(2) }
}

pub(crate) async fn each_change_leaves_the_rest_counts_up_and_is_audited(store: &dyn Store) {
    assert_eq!(store.operations().await.unwrap(), Operations::default());
    let settings = r#"{"admission":{"smallestLimit":4}}"#.to_owned();
    let change = OperationsChange::Settings(settings.clone());
    let first = store.change_operations(change, None, audit("change-limits", 1)).await.unwrap();
    assert_eq!((first.version, first.settings.as_ref()), (1, Some(&settings)));
    let switches = r#"{"history":false}"#.to_owned();
    let change = OperationsChange::Switches(switches.clone());
    store.change_operations(change, None, audit("switch-functions", 2)).await.unwrap();
    let told = notice("检测结果延迟，出示健康码不受影响。");
    let change = OperationsChange::Notice(Some(told.clone()));
    let third = store.change_operations(change, None, audit("post-notice", 3)).await.unwrap();
    let expected = Operations {
        version: 3,
        settings: Some(settings),
        switches: Some(switches),
        notice: Some(told),
        changed_by: Some(StaffId(3)),
        changed_at: Some(minute(3)),
    };
    assert_eq!((&third, &store.operations().await.unwrap()), (&expected, &expected));
    let last =
        store.change_operations(OperationsChange::Notice(None), None, audit("withdraw-notice", 4)).await;
    assert_eq!(
        last.unwrap(),
        Operations { version: 4, notice: None, changed_at: Some(minute(4)), ..expected }
    );
    let rows = store.list_audit(None, 9).await.unwrap().items;
    let told: Vec<_> = rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(told, ["withdraw-notice", "post-notice", "switch-functions", "change-limits"]);
    assert!(rows.iter().all(|row| row.staff == Some(StaffId(3)) && row.purpose.is_some()));
}

pub(crate) async fn a_bad_change_leaves_no_trace(store: &dyn Store) {
    let long = "长".repeat(401);
    for (change, field, problem) in [
        (OperationsChange::Settings(String::new()), "settings", Problem::Empty),
        (OperationsChange::Settings("{".to_owned()), "settings", Problem::Malformed),
        (OperationsChange::Switches("{} {}".to_owned()), "switches", Problem::Malformed),
        (OperationsChange::Switches(format!("[{}0]", "0,".repeat(40_000))), "switches", Problem::TooLong),
        (OperationsChange::Notice(Some(notice(" "))), "zh", Problem::Empty),
        (OperationsChange::Notice(Some(notice(&long))), "zh", Problem::TooLong),
    ] {
        let refused = store.change_operations(change, None, audit("change", 1)).await.unwrap_err();
        assert_eq!(refused, StoreError::Invalid { field, problem });
    }
    let purpose = Some("x".repeat(501));
    let long_purpose = AuditEntry { purpose, ..audit("change-limits", 1) };
    let refused =
        store.change_operations(OperationsChange::Notice(None), None, long_purpose).await.unwrap_err();
    assert_eq!(refused, StoreError::Invalid { field: "purpose", problem: Problem::TooLong });
    assert_eq!(store.operations().await.unwrap(), Operations::default());
    assert_eq!(store.list_audit(None, 9).await.unwrap().items, []);
}

pub(crate) async fn of_two_changes_on_top_of_one_version_one_is_refused_and_leaves_no_trace(
    store: &dyn Store,
) {
    let settings = |n: u32| OperationsChange::Settings(format!("{{\"limit\":{n}}}"));
    let change = async |n, version| {
        store.change_operations(settings(n), Some(version), audit("change-limits", n.into())).await
    };
    assert_eq!(change(1, 0).await.unwrap().version, 1);
    let meanwhile = StoreError::Conflict(Conflict::ChangedMeanwhile);
    assert_eq!(change(2, 0).await.unwrap_err(), meanwhile);
    assert_eq!(change(2, u64::MAX).await.unwrap_err(), meanwhile);
    for round in 1..=8 {
        let (one, two) = tokio::join!(change(10, round), change(20, round));
        let refused =
            [&one, &two].into_iter().filter_map(|changed| changed.as_ref().err()).collect::<Vec<_>>();
        assert_eq!(refused, [&meanwhile], "in round {round}");
        let kept = one.or(two).unwrap();
        assert_eq!((kept.version, store.operations().await.unwrap()), (round + 1, kept.clone()));
    }
    assert_eq!(
        store.list_audit(None, 20).await.unwrap().items.len(),
        9,
        "a row for each change that was made"
    );
}
