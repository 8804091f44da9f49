//! What became of the requests of one class, in totals since the start.

use prometheus_client::metrics::counter::Counter;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_overload::Class;

use crate::metrics::Metrics;

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident)*) => {
        /// Totals of one class, counted while serving.
        #[derive(Debug)]
        pub(crate) struct Counts { $(pub(crate) $name: Counter),* }

        /// Totals of one class at one moment.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct Totals { $($(#[$doc])* pub(crate) $name: u64),* }

        impl Counts {
            /// Nothing has been counted yet; the metrics page shows the same counters.
            pub(crate) fn new(metrics: &Metrics, class: Class) -> Self {
                Self { $($name: metrics.admission(class.name(), stringify!($name))),* }
            }

            /// The totals of this moment.
            pub(crate) fn totals(&self) -> Totals {
                Totals { $($name: self.$name.get()),* }
            }
        }

        impl Totals {
            /// What came since an earlier moment.
            pub(crate) fn since(&self, before: &Self) -> Self {
                Self { $($name: self.$name.saturating_sub(before.$name)),* }
            }
        }
    };
}

counts! {
    /// Requests that came.
    offered
    /// Requests that were let in.
    admitted
    /// Requests that were let in and answered in time.
    goodput
    /// Requests answered with less than usual: a code as of an earlier time.
    degraded
    /// Requests answered with a place in the waiting room.
    ticketed
    /// Requests turned away.
    refused
    /// Requests whose caller went away.
    cancelled
    /// Requests let in that the store failed or was late for.
    failed
}

/// A request that is being dealt with; if nobody says how it ended, its caller went away.
pub(crate) struct Counting<'c> {
    counts: &'c Counts,
    settled: bool,
}

impl<'c> Counting<'c> {
    pub(crate) fn begin(counts: &'c Counts) -> Self {
        counts.offered.inc();
        Self { counts, settled: false }
    }

    pub(crate) fn admitted(&self) {
        self.counts.admitted.inc();
    }

    pub(crate) fn goodput(self) {
        self.settle(|counts| &counts.goodput);
    }

    pub(crate) fn failed(self) {
        self.settle(|counts| &counts.failed);
    }

    pub(crate) fn ticketed(self) {
        self.settle(|counts| &counts.ticketed);
    }

    pub(crate) fn refused(self) {
        self.settle(|counts| &counts.refused);
    }

    fn settle(mut self, which: impl FnOnce(&Counts) -> &Counter) {
        which(self.counts).inc();
        self.settled = true;
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.counts.cancelled.inc();
        }
    }
}
