//! A verb that panics harms nobody else.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use ring::rand::SystemRandom;

use super::open::{SqliteOptions, SqliteStore};
use crate::access::AuditEntry;
use crate::error::{Outage, StoreError};
use crate::keyring::Keyring;
use crate::store::Store;

fn entry(action: &str) -> AuditEntry {
    let at = Timestamp::UNIX_EPOCH;
    AuditEntry { at, staff: None, action: action.to_owned(), subject: None, purpose: None }
}

#[tokio::test]
async fn a_verb_that_panics_is_undone_and_the_threads_go_on() {
    let folder = tempfile::tempdir().unwrap();
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's source stands")]
    let rng = SystemRandom::new();
    let (keys, _) = Keyring::open_or_create(&folder.path().join("keys"), &rng).unwrap();
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's clock stands")]
    let options =
        SqliteOptions { readers: 1, ..SqliteOptions::new(folder.path().join("store.sqlite"), Instant::now) };
    let store = SqliteStore::open(&options, Arc::new(keys), Arc::new(rng)).unwrap();
    let broken: crate::error::Result<()> = Err(StoreError::Unavailable(Outage::RolledBack));
    let write = store.write("broken_write", |tx| -> crate::error::Result<()> {
        super::audit::append(tx, &entry("never-happened"))?;
        panic!("a verb with a mistake");
    });
    assert_eq!(write.await, broken.clone());
    let read = store.read("broken_read", |_| -> crate::error::Result<()> { panic!("a verb with a mistake") });
    assert_eq!(read.await, broken);
    store.append_audit(entry("happened")).await.unwrap();
    let actions: Vec<String> =
        store.list_audit(None, 9).await.unwrap().items.into_iter().map(|row| row.action).collect();
    assert_eq!(actions, ["happened"]);
    store.close().await.unwrap();
}
