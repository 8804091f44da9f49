//! Comparing this machine's clock with the database's.

use std::sync::atomic::AtomicU64;

use yimatong_store::{Store, StoreError};

use super::{Clock, MOST_OFFSET, monotonic, seldom};

/// Asks the database for the time and tells the clock; says aloud when the machine's own clock is wrong.
pub(crate) async fn follow(store: &dyn Store, clock: &dyn Clock) -> Result<(), StoreError> {
    static TOLD: AtomicU64 = AtomicU64::new(0);
    let asked = monotonic();
    let Some(database) = store.database_time().await? else { return Ok(()) };
    clock.hear(asked, database);
    let offset = clock.offset();
    if offset.abs() > MOST_OFFSET
        && seldom(&TOLD, std::time::Duration::from_micros(database.as_microsecond().unsigned_abs()))
    {
        tracing::error!(
            ahead_s = offset.as_secs_f64(),
            "this machine's clock is not the database's; the node goes by the database's. See that NTP runs on both"
        );
    }
    Ok(())
}
