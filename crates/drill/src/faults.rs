//! Troubles that the owner of the server under drill can cause.

use std::pin::Pin;
use std::time::Duration;

use crate::measured::ProcessSample;

/// A fault under way; it ends with an error when it could not be caused.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = anyhow::Result<T>> + Send + 'a>>;

/// What the caller of a drill does to its own server.
pub trait Faults: Send + Sync {
    /// The store answers nothing for so long.
    fn stall_store(&self, lasting: Duration) -> Doing<'_, ()>;
    /// The server is left with `share` of its processor time for so long.
    fn cut_cpu(&self, share: f64, lasting: Duration) -> Doing<'_, ()>;
    /// The registry in memory is dropped.
    fn drop_registry(&self) -> Doing<'_, ()>;
    /// The server is killed (signal 9) and started again at the same address.
    fn kill_and_restart(&self) -> Doing<'_, ()>;
    /// The process now; `at_s` is filled in by the drill.
    fn process(&self) -> Doing<'_, ProcessSample>;
}
