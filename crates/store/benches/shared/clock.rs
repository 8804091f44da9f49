//! The two clocks of the benches: the machine's, and a fixed moment for what is written.

use std::time::Instant;

use jiff::Timestamp;

/// Reads the machine's clock.
pub(crate) fn now() -> Instant {
    #[allow(clippy::disallowed_methods, reason = "a measuring command reads the clock")]
    Instant::now()
}

/// The moment that rows are written at.
pub(crate) fn noon() -> Timestamp {
    "2022-01-05T04:00:00Z".parse().expect("invariant: the literal is a time")
}
