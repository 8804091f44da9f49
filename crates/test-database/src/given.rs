//! A server that somebody else runs: each test gets a schema, which also a Citus cluster makes on all its machines.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::{Database, Removal, SHARDS, binaries, run_sql};

/// A fresh schema, reached by the search path.
pub(crate) fn fresh(url: String) -> Database {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let schema = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let psql = binaries::folder().join("psql");
    if let Err(error) = run_sql(&psql, &url, &format!("CREATE SCHEMA {schema}")) {
        panic!("the server of {} can't be used: {error}", crate::GIVEN);
    }
    let join = if url.contains('?') { '&' } else { '?' };
    let options = format!("-c%20search_path%3D{schema}%20-c%20citus.shard_count%3D{SHARDS}");
    // One at a time, and not while another test makes its tables (the lock is that of migrations): on a cluster they would end
    // each other by deadlocks.
    let statement = format!("SELECT pg_advisory_xact_lock(5140001); DROP SCHEMA {schema} CASCADE");
    Database {
        url: format!("{url}{join}options={options}"),
        drop_with: Some(Removal { psql, url, statement }),
    }
}
