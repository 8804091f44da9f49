//! The keys that all nodes of a city share. The database remembers a fingerprint of each: a node with another one would
//! sign people out, refuse their places in line or put their status in the wrong place of the lists, so it does not start.

use std::path::Path;

use anyhow::{Context as _, bail};
use ring::rand::SecureRandom;
use yimatong_store::PostgresStore;

use crate::digest::sha256;
use crate::secret_file;

/// Key files by their names in `keys/`.
const SHARED: [&str; 5] =
    ["status-index.key", "session.key", "subject.key", "one-time-password.key", "ticket.key"];
/// The folder of the signing keys.
const SIGNING: &str = "signing";
const CITY: &str = "city";

/// Compares the keys of a data folder with those of the nodes before; a key that no node has yet is made.
pub(super) async fn check(
    store: &PostgresStore,
    data: &Path,
    city: u32,
    random: &dyn SecureRandom,
) -> anyhow::Result<()> {
    let kept = store.agree(CITY, city.to_string().as_bytes()).await.context("cannot compare the city")?;
    if kept != city.to_string().as_bytes() {
        let kept = String::from_utf8_lossy(&kept);
        bail!(
            "the database holds the city {kept}, but city.code is {city}; set store.url to that city's own database"
        );
    }
    let keys = data.join("keys");
    for name in SHARED {
        let path = keys.join(name);
        refuse_missing(store, name, &path).await?;
        let key = secret_file::read_or_create::<32>(&path, random)?;
        compare(store, name, &path, &[sha256(&key)]).await?;
    }
    refuse_missing(store, SIGNING, &keys.join(SIGNING)).await
}

/// Compares the signing keys, once there are some. Nodes have one in common; while a new one goes round, not all.
pub(super) async fn check_signing(store: &PostgresStore, data: &Path) -> anyhow::Result<()> {
    let folder = data.join("keys").join(SIGNING);
    let mut own = Vec::new();
    for file in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        own.push(sha256(&secret_file::read(&file?.path())?));
    }
    compare(store, SIGNING, &folder, &own).await
}

/// The names of everything that is compared.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SHARED.into_iter().chain([SIGNING])
}

/// A key that other nodes have must not be made anew.
async fn refuse_missing(store: &PostgresStore, name: &str, path: &Path) -> anyhow::Result<()> {
    if path.exists() || store.agreed(name).await.context("cannot compare the keys")?.is_none() {
        return Ok(());
    }
    bail!(
        "{} is missing, but the nodes of this city have one: copy keys/ of another node, or of your backup, into this data \
         folder",
        path.display()
    );
}

/// Refuses keys of which none is the one agreed on.
async fn compare(store: &PostgresStore, name: &str, path: &Path, own: &[[u8; 32]]) -> anyhow::Result<()> {
    let Some(first) = own.first() else { return Ok(()) };
    let kept = store.agree(name, first).await.context("cannot compare the keys")?;
    if own.iter().any(|own| own[..] == kept[..]) {
        return Ok(());
    }
    bail!(
        "{} is not the key of the other nodes of this city: copy keys/ of another node into this data folder. If all nodes \
         have new keys on purpose, run `yimatong migrate --new-keys` first",
        path.display()
    );
}
