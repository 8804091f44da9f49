//! A real PostgreSQL for tests: a private one on the loopback, started from the machine's own binaries, with a fresh
//! database per test. Or the server that `YIMATONG_TEST_POSTGRES` names (a Citus coordinator), with a fresh schema per test.
//!
//! The private server lives as long as the test process, however that ends: a shell holds the other end of a pipe, and stops
//! the server and removes its folder when the pipe breaks. It is never skipped: without binaries the tests fail and say how
//! to get them.

mod binaries;
mod given;
mod private;

use std::path::PathBuf;
use std::process::Command;

/// Names the server to use instead of a private one.
pub const GIVEN: &str = "YIMATONG_TEST_POSTGRES";

/// Shards of a table on a cluster: few, since each test makes all tables anew.
pub const SHARDS: u32 = 4;

/// A database, or a schema, of one test.
pub struct Database {
    url: String,
    drop_with: Option<Removal>,
}

/// How to remove a schema of a given server.
struct Removal {
    psql: PathBuf,
    url: String,
    statement: String,
}

impl Database {
    /// A fresh database. `migrate` brings the database of a URL to the newest version; it runs once per process on a
    /// template, and a given server is migrated by whoever opens it.
    ///
    /// # Panics
    /// When there is no server to be had: a test without its database has failed.
    pub fn fresh(migrate: impl FnOnce(&str) + Send) -> Self {
        match std::env::var(GIVEN) {
            Ok(url) if !url.is_empty() => given::fresh(url),
            _ => Self { url: private::Server::shared().fresh(migrate), drop_with: None },
        }
    }

    /// A database in which nothing was ever made.
    ///
    /// # Panics
    /// As [`Database::fresh`].
    pub fn empty() -> Self {
        match std::env::var(GIVEN) {
            Ok(url) if !url.is_empty() => given::fresh(url),
            _ => Self { url: private::Server::shared().empty(), drop_with: None },
        }
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Host and port of the server.
    pub fn address(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
        rest.split(['/', '?']).next().unwrap_or(rest)
    }

    /// Runs statements behind the store's back; the error is what the server said.
    ///
    /// # Errors
    /// When a statement fails.
    pub fn run(&self, statements: &str) -> Result<String, String> {
        run_sql(&binaries::folder().join("psql"), &self.url, statements)
    }

    /// The same database by another way, such as a proxy.
    pub fn url_through(&self, address: &str) -> String {
        self.url.replacen(self.address(), address, 1)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(drop) = &self.drop_with {
            // Best effort: what is left over is in a schema of its own.
            let _ = run_sql(&drop.psql, &drop.url, &drop.statement);
        }
    }
}

/// Runs statements with psql; the error is what it said.
fn run_sql(psql: &std::path::Path, url: &str, sql: &str) -> Result<String, String> {
    let output = Command::new(psql)
        .args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set",
            "ON_ERROR_STOP=1",
            "--command",
        ])
        .arg(sql)
        .arg(url)
        .output()
        .map_err(|error| format!("{}: {error}", psql.display()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}
