//! `yimatong copy`: a city moves from SQLite to PostgreSQL.

use std::path::Path;
use std::process::Output;

use yimatong_test_database::Database;

use crate::process::yimatong;

/// A folder with a city on SQLite.
fn city() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = yimatong(&["demo-data", "--people", "50", "--data", folder.path().to_str().unwrap()]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn copy(folder: &Path, url: &str, more: &[&str]) -> Output {
    let arguments = ["copy", "--data", folder.to_str().unwrap(), "--store", url];
    yimatong(&[&arguments[..], more].concat())
}

/// Makes a staff account, which opens the store as a node does.
fn open(folder: &Path, store: &str, name: &str) -> Output {
    let data = folder.to_str().unwrap();
    yimatong(&["staff", "add", name, "--role", "operator", "--data", data, "--store", store])
}

#[track_caller]
fn ended(output: &Output, code: i32, said: &str) {
    let all = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{all}");
    assert!(all.contains(said), "{all}");
}

#[test]
fn a_city_moves_and_its_folder_is_on_postgresql_from_then_on() {
    let (folder, database) = (city(), Database::empty());
    let (data, url) = (folder.path(), database.url());
    std::fs::write(data.join("registry.snapshot"), "of the changes of SQLite").unwrap();
    ended(&open(data, url, "first"), 2, "move the city with `yimatong copy`");
    ended(&copy(data, "sqlite:", &[]), 2, "give --store postgres://");
    ended(&copy(data, url, &[]), 0, "rows copied and verified");
    assert!(!data.join("registry.snapshot").exists());
    assert!(data.join("yimatong.db").exists());
    assert_eq!(std::fs::read_to_string(data.join("store-kind")).unwrap(), "postgres\n");
    ended(&open(data, "sqlite:", "first"), 2, "was used with a postgres store");
    ended(&open(data, url, "first"), 0, "otpauth://totp/");
    assert_eq!(database.run("SELECT count(*) FROM person").unwrap(), "50");
    ended(&copy(data, url, &[]), 2, "on PostgreSQL already");
    ended(&copy(data, url, &["--restart"]), 2, "on PostgreSQL already");
    ended(&copy(tempfile::tempdir().unwrap().path(), url, &[]), 2, "yimatong.db is not there");
}

#[test]
fn a_row_that_differs_is_named_and_the_half_copy_is_opened_by_nobody() {
    let (folder, database) = (city(), Database::empty());
    let (data, url) = (folder.path(), database.url());
    ended(&copy(data, url, &[]), 0, "rows copied and verified");
    // As it is when the copy is killed before its rows are compared, and somebody writes into the database.
    std::fs::write(data.join("store-kind"), "sqlite\n").unwrap();
    let unfinished = "INSERT INTO store_fact VALUES ('copy', '{\"unit\":\"venue\",\"key\":[{\"Integer\":999999999}]}');
         DELETE FROM staff; DELETE FROM staff_name; DELETE FROM audit; UPDATE venue SET name = 'x' WHERE venue_id = 1";
    database.run(unfinished).unwrap();
    ended(&copy(data, url, &[]), 1, "venue (1): differs");
    std::fs::write(data.join("store-kind"), "postgres\n").unwrap();
    ended(&open(data, url, "first"), 2, "unfinished copy");
    std::fs::write(data.join("store-kind"), "sqlite\n").unwrap();
    ended(&copy(data, url, &["--restart"]), 0, "rows copied and verified");
    ended(&open(data, url, "first"), 0, "otpauth://totp/");
}

#[test]
fn a_folder_in_use_is_not_copied() {
    let (folder, database) = (city(), Database::empty());
    let lock = std::fs::File::create(folder.path().join("lock")).unwrap();
    lock.try_lock().unwrap();
    ended(&copy(folder.path(), database.url(), &[]), 2, "in use by another yimatong process");
}
