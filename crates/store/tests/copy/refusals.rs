//! What can't be copied from or to, and who can't open half a copy.

use std::sync::Arc;

use rusqlite::Connection;
use yimatong_store::{CityCopy, CopyError, CopyStart, PostgresStore, Store, StoreError};
use yimatong_test_database::Database;

use crate::city::{City, sql};
use crate::fixtures::*;

#[tokio::test]
async fn a_node_does_not_open_an_unfinished_copy() {
    let (city, database) = (City::full().await, Database::empty());
    let copy = city.begin(&database).await.unwrap();
    let refused = |opened: Result<PostgresStore, StoreError>| opened.err().unwrap().to_string();
    assert!(refused(city.node(&database).await).contains("an unfinished copy"));
    drop(copy);
    let (copy, _) = city.copied(&database).await;
    assert!(refused(city.node(&database).await).contains("run `yimatong copy` again"));
    copy.finish().await.unwrap();
    city.node(&database).await.unwrap();
}

#[tokio::test]
async fn the_database_of_another_city_is_refused() {
    let (city, database) = (City::full().await, Database::empty());
    let other = City { folder: tempfile::tempdir().unwrap(), keys: keys().1 };
    other.node(&database).await.unwrap().close().await.unwrap();
    let error = city.begin(&database).await.unwrap_err();
    assert!(matches!(error, CopyError::TargetKeyring), "{error}");
    let wrong = CityCopy::open(&city.path(), database.url(), &other.keys, CopyStart::BeginOrGoOn).await;
    let error = wrong.unwrap_err();
    assert!(matches!(error, CopyError::SourceKeyring), "{error}");
}

#[tokio::test]
async fn a_database_with_rows_is_refused_unless_a_copy_was_begun() {
    let (city, database) = (City::full().await, Database::empty());
    let node = city.node(&database).await.unwrap();
    node.agree("session.key", b"kept").await.unwrap();
    node.step_room(yimatong_store::RoomStep { issued_by: 9, called_by: 9, capacity_per_s: 1.0 })
        .await
        .unwrap();
    let (copy, verified) = city.copied(&database).await;
    assert_eq!(verified.differences, [], "a node that has no people yet has left nothing");
    copy.finish().await.unwrap();
    let agreed = city.node(&database).await.unwrap().agreed("session.key").await.unwrap();
    assert_eq!(agreed, Some(b"kept".to_vec()), "what nodes agreed on stays");
    for start in [CopyStart::BeginOrGoOn, CopyStart::Anew] {
        let error = city.start(&database, start).await.unwrap_err();
        assert!(matches!(error, CopyError::NotEmpty { table: "person" }), "{error}");
    }
}

#[tokio::test]
async fn databases_of_other_versions_are_refused() {
    let (city, database) = (City::full().await, Database::empty());
    let connection = Connection::open(city.path()).unwrap();
    let newest = "SELECT max(version) FROM schema_version";
    let known: u32 = connection.query_row(newest, [], |row| row.get(0)).unwrap();
    connection.execute("INSERT INTO schema_version VALUES (999, 'later')", []).unwrap();
    let error = city.begin(&database).await.unwrap_err();
    assert!(matches!(error, CopyError::SourceVersion { found: 999, .. }), "{error}");
    connection.execute("DELETE FROM schema_version WHERE version >= ?1", [known]).unwrap();
    let error = city.begin(&database).await.unwrap_err();
    assert!(matches!(error, CopyError::SourceVersion { found, .. } if found == known - 1), "{error}");
    connection.execute("INSERT INTO schema_version VALUES (?1, 'again')", [known]).unwrap();
    drop(city.begin(&database).await.unwrap());
    sql(&database, "INSERT INTO schema_version VALUES (999, 'later', 12)");
    let error = city.begin(&database).await.unwrap_err();
    assert!(matches!(error, CopyError::TargetVersion { found: 999, .. }), "{error}");
}

#[tokio::test]
async fn a_text_that_postgresql_does_not_take_is_named() {
    let (city, database) = (City::full().await, Database::empty());
    let connection = Connection::open(city.path()).unwrap();
    connection.execute("UPDATE venue SET name = 'a' || char(0) || 'b' WHERE venue_id = 2", []).unwrap();
    drop(connection);
    let mut copy = city.begin(&database).await.unwrap();
    let error = copy.copy_rows(&mut |_| ()).await.unwrap_err().to_string();
    assert!(error.starts_with("table venue, key (2): name has a zero byte"), "{error}");
}

#[tokio::test]
async fn two_copies_into_one_database_do_not_mix() {
    let (city, database) = (City::full().await, Database::empty());
    let first = city.begin(&database).await.unwrap();
    let error = city.begin(&database).await.unwrap_err();
    assert!(matches!(error, CopyError::AtWork), "{error}");
    drop(first);
    let second = Arc::new(city.begin(&database).await.unwrap());
    assert!(!second.goes_on());
}
