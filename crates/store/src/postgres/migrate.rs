//! Migrations: numbered files, each applied once in a transaction of its own, while nodes of the version before serve.

use std::time::Duration;

use tokio_postgres::Client;

use super::error::store_error;
use crate::error::{Result, StoreError};
use crate::migrations::{Migration, migrations};

const MIGRATIONS: &[Migration] = migrations!("postgres");

/// A program that knows fewer migrations than this can't use what the newest migration leaves. Raised only by a migration
/// that takes something away; those that add leave it, so that nodes of the version before can still be started.
const OLDEST_PROGRAM: i64 = 12;

/// One migrator at a time; let go with the transaction. Any number does.
const ONE_MIGRATOR: &str = "SELECT pg_advisory_xact_lock(5140001)";

/// A migration waits no longer for a table in use, since everybody else then waits behind it.
const SETTINGS: &str =
    "SET LOCAL lock_timeout = '5s'; SET LOCAL citus.multi_shard_modify_mode = 'sequential'";

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_version (
    version BIGINT NOT NULL PRIMARY KEY,
    name    TEXT   NOT NULL,
    oldest  BIGINT NOT NULL -- programs that know fewer migrations can't be used any more
)";

/// How often a migration that could not get its locks is tried.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// Version and least version of the database; zeros when it is new.
async fn found(client: &Client) -> Result<(i64, i64)> {
    let table = client.query_one("SELECT to_regclass('schema_version') IS NOT NULL", &[]).await;
    if !table.and_then(|row| row.try_get(0)).map_err(|error| store_error(&error))? {
        return Ok((0, 0));
    }
    let newest = "SELECT coalesce(max(version), 0), coalesce(max(oldest), 0) FROM schema_version";
    let row = client.query_one(newest, &[]).await.map_err(|error| store_error(&error))?;
    let column = |at| row.try_get(at).map_err(|error| store_error(&error));
    Ok((column(0)?, column(1)?))
}

/// Refuses a database that this program is too old for; answers how many migrations are still to be applied.
pub(super) async fn pending(client: &Client) -> Result<usize> {
    let (version, oldest) = found(client).await?;
    let known = MIGRATIONS.len();
    if usize::try_from(oldest).is_ok_and(|oldest| oldest > known) {
        let number = |version: usize| u32::try_from(version).unwrap_or(u32::MAX);
        let found = number(usize::try_from(version).unwrap_or(usize::MAX));
        return Err(StoreError::NewerSchema { found, known: number(known) });
    }
    Ok(known.saturating_sub(usize::try_from(version).unwrap_or(known)))
}

/// Version of a database, and number of migrations of this program.
pub(crate) async fn versions(client: &Client) -> Result<(u32, u32)> {
    let (version, _) = found(client).await?;
    Ok((u32::try_from(version).unwrap_or(u32::MAX), u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)))
}

/// Brings the database to the newest version this program knows; answers how many migrations that took.
pub(crate) async fn migrate(client: &Client) -> Result<usize> {
    let applied = pending(client).await?;
    if applied == 0 {
        return Ok(0);
    }
    for (version, migration) in (1_i64..).zip(MIGRATIONS) {
        apply_in_time(client, version, migration).await?;
    }
    Ok(applied)
}

async fn apply_in_time(client: &Client, version: i64, migration: &Migration) -> Result<()> {
    let mut tries = 0;
    loop {
        tries += 1;
        match apply(client, version, migration).await {
            Ok(()) => return Ok(()),
            Err(error) => {
                client.batch_execute("ROLLBACK").await.map_err(|error| store_error(&error))?;
                let locked = error.code() == Some(&tokio_postgres::error::SqlState::LOCK_NOT_AVAILABLE);
                if !locked || tries >= TRIES {
                    return Err(store_error(&error));
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn apply(
    client: &Client,
    version: i64,
    migration: &Migration,
) -> std::result::Result<(), tokio_postgres::Error> {
    client.batch_execute(&format!("BEGIN; {SETTINGS}; {ONE_MIGRATOR}; {VERSIONS}")).await?;
    let done = client.query_opt("SELECT 1 FROM schema_version WHERE version = $1", &[&version]).await?;
    if done.is_none() {
        client.batch_execute(migration.sql).await?;
        let note = "INSERT INTO schema_version (version, name, oldest) VALUES ($1, $2, $3)";
        client.execute(note, &[&version, &migration.name, &OLDEST_PROGRAM.min(version)]).await?;
    }
    client.batch_execute("COMMIT").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_have_the_numbers_and_names_of_sqlites() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap().replace(".sql", ""))
            .collect();
        names.sort();
        let ours: Vec<&str> = MIGRATIONS.iter().map(|migration| migration.name).collect();
        assert_eq!(ours, names);
    }
}
