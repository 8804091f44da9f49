//! The limit of file descriptors, which bounds how many connections a process can hold.

use rustix::event::{EventfdFlags, eventfd};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors kept back for the store, logs, snapshots and outgoing calls.
const KEPT_BACK: u64 = 256;
/// The table of descriptors is made this large at the start, if the limit allows it: 8 bytes each.
const TABLE: u64 = 1 << 17;

/// Raises the soft limit to the hard one, which children inherit, and answers the limit now in force.
pub fn raise_limit() -> u64 {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(%error, "the limit of file descriptors could not be raised");
    }
    let limit = limit();
    make_table(limit.min(TABLE));
    limit
}

/// Makes the kernel's table of this process large at once. It only ever grows, by doubling, and each time the thread that
/// opens a descriptor stands still for 15 to 30 ms (the kernel waits for all readers): five times in a surge of 20,000.
fn make_table(descriptors: u64) {
    let last = i32::try_from(descriptors.saturating_sub(1)).unwrap_or(i32::MAX);
    let any = eventfd(0, EventfdFlags::CLOEXEC);
    if let Err(error) = any.and_then(|any| fcntl_dupfd_cloexec(any, last)) {
        tracing::debug!(%error, "the table of descriptors grows later");
    }
}

fn limit() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// How many connections the limit leaves room for.
pub(super) fn room_for_connections() -> usize {
    let room = limit().saturating_sub(KEPT_BACK).max(1);
    usize::try_from(room).unwrap_or(usize::MAX)
}
