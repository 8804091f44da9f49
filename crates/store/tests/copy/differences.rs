//! What a verification names.

use yimatong_store::{CopyStart, RowDifference, Store};
use yimatong_test_database::Database;

use crate::city::{City, sql};
use crate::fixtures::*;

/// What is found after statements on the copy.
async fn found_after(statements: &str) -> Vec<String> {
    let (city, database) = (City::full().await, Database::empty());
    let (copy, verified) = city.copied(&database).await;
    assert_eq!(verified.differing, 0);
    sql(&database, statements);
    let verified = copy.verify(&mut |_| ()).await.unwrap();
    assert_eq!(verified.differing, verified.differences.len() as u64);
    verified.differences.iter().map(RowDifference::to_string).collect()
}

#[tokio::test]
async fn a_changed_row_is_named_with_its_table_and_key() {
    let found = found_after(
        "UPDATE community SET group_count = 5 WHERE community_id = 3;
         UPDATE room SET capacity_per_s = 45.300000000000004;
         UPDATE institution SET number = 9 WHERE name = 'a lab';
         UPDATE sequence SET next = next + 1 WHERE name = 'audit';
         UPDATE venue_check_in SET staff_id = NULL WHERE venue_id = 2 AND day = 18998 AND at_ms % 4 = 0",
    )
    .await;
    let expected = [
        "institution (\"a lab\"): differs",
        "community (3): differs",
        "venue_check_in_20220106 (2, 18998, 00000000000000000000000000000000): differs",
        "sequence (\"audit\"): differs",
        "room (1): differs",
    ];
    let check_ins =
        found.iter().filter(|line| line.starts_with("venue_check_in_20220106 (2, 18998, ")).count();
    assert!(check_ins >= 1, "{found:?}");
    for expected in expected {
        assert!(found.iter().any(|line| line == expected), "{expected}: {found:?}");
    }
    assert_eq!(found.len(), expected.len() - 1 + check_ins, "{found:?}");
}

#[tokio::test]
async fn missing_and_extra_rows_are_named_with_their_tables_and_keys() {
    let found = found_after(
        "DELETE FROM staff_name WHERE name = 'Gate-2';
         DELETE FROM audit WHERE audit_id = 1;
         INSERT INTO audit VALUES (9999, 1, NULL, 'x', NULL, NULL);
         INSERT INTO institution VALUES ('0', 9);
         CREATE TABLE person_check_in_20220109 PARTITION OF person_check_in FOR VALUES FROM (19001) TO (19002);
         CREATE TABLE venue_check_in_20220109 PARTITION OF venue_check_in FOR VALUES FROM (19001) TO (19002);
         INSERT INTO person_check_in VALUES (5, 19001, 1, '\\x01', 1, 0)",
    )
    .await;
    let expected = [
        "institution (\"0\"): in PostgreSQL, but not in SQLite",
        "person_check_in_20220109 (5, 19001, 1, 01): in PostgreSQL, but not in SQLite",
        "staff_name (\"Gate-2\"): missing in PostgreSQL",
        "audit (1): missing in PostgreSQL",
        "audit (9999): in PostgreSQL, but not in SQLite",
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_city_that_was_used_after_its_copy_is_found_different_and_copied_anew() {
    let (city, database) = (City::full().await, Database::empty());
    drop(city.copied(&database).await);
    let store = city.open();
    store.issue_paper_code(register(&store, 8).await, None, minute(9), None).await.unwrap();
    store.use_totp_step(yimatong_model::ids::StaffId(1), 200).await.unwrap();
    store.close().await.unwrap();
    let (copy, verified) = city.copied(&database).await;
    assert!(verified.differences.iter().any(|row| row.to_string() == "staff (1): differs"), "{verified:?}");
    drop(copy);
    let mut copy = city.start(&database, CopyStart::Anew).await.unwrap();
    assert!(!copy.goes_on());
    copy.copy_rows(&mut |_| ()).await.unwrap();
    assert_eq!(copy.verify(&mut |_| ()).await.unwrap().differences, []);
}
