//! The limit of file descriptors, which bounds how many connections a process can hold.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors kept back for the store, logs, snapshots and outgoing calls.
const KEPT_BACK: u64 = 256;

/// Raises the soft limit to the hard one and answers the limit now in force.
pub fn raise_limit() -> u64 {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(%error, "the limit of file descriptors could not be raised");
    }
    limit()
}

fn limit() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// How many connections the limit leaves room for.
pub(super) fn room_for_connections() -> usize {
    let room = limit().saturating_sub(KEPT_BACK).max(1);
    usize::try_from(room).unwrap_or(usize::MAX)
}
