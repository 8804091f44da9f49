//! Counting what verbs and commits cost.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::counters::{StoreCounters, VerbCounters, WriterCounters};

/// Counters shared by the writer and the readers.
#[derive(Default)]
pub(crate) struct Counting {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    verbs: BTreeMap<&'static str, VerbCounters>,
    writer: WriterCounters,
}

impl Counting {
    /// Adds a call of a verb.
    pub(crate) fn verb(&self, verb: &'static str, failed: bool, waited: Duration, worked: Duration) {
        self.update(|inner| {
            let line = inner.verbs.entry(verb).or_insert_with(|| VerbCounters { verb, ..Default::default() });
            line.calls += 1;
            line.failures += u64::from(failed);
            line.waited_us += us(waited);
            line.worked_us += us(worked);
        });
    }

    /// Adds a commit, or a rollback of a whole batch.
    pub(crate) fn commit(&self, writes: u64, took: Duration, committed: bool) {
        self.update(|inner| {
            let writer = &mut inner.writer;
            writer.commit_us += us(took);
            if committed {
                writer.commits += 1;
                writer.writes += writes;
                writer.largest_commit = writer.largest_commit.max(writes);
            } else {
                writer.rolled_back += 1;
            }
        });
    }

    /// The numbers so far.
    pub(crate) fn read(&self) -> StoreCounters {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        StoreCounters { verbs: inner.verbs.values().cloned().collect(), writer: inner.writer }
    }

    fn update(&self, change: impl FnOnce(&mut Inner)) {
        // Numbers stay usable whatever a panicking thread was doing with them.
        change(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn us(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
