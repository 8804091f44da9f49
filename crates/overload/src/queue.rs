//! One queue of requests that wait for a permit: ordered, bounded in length and in time.

use std::collections::{BTreeMap, BTreeSet};

use crate::Now;
use crate::class::Device;

/// Position in a queue; unique, as its second part is the number of the request.
pub(crate) type Key = (u64, u64);

/// A request that waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) device: Device,
    pub(crate) arrived: Now,
    /// When waiting has no sense any more.
    pub(crate) until: Now,
}

/// Requests by key and by the end of their patience.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    by_key: BTreeMap<Key, Entry>,
    by_until: BTreeSet<(Now, Key)>,
}

impl Queue {
    pub(crate) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        self.by_until.insert((entry.until, entry.key));
        self.by_key.insert(entry.key, entry);
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<Entry> {
        let entry = self.by_key.remove(&key)?;
        self.by_until.remove(&(entry.until, key));
        Some(entry)
    }

    /// Takes the one with the smallest key.
    pub(crate) fn pop_first(&mut self) -> Option<Entry> {
        let key = *self.by_key.first_key_value()?.0;
        self.remove(key)
    }

    /// Takes the one with the largest key.
    pub(crate) fn pop_last(&mut self) -> Option<Entry> {
        let key = *self.by_key.last_key_value()?.0;
        self.remove(key)
    }

    /// Takes one whose patience has ended.
    pub(crate) fn pop_late(&mut self, now: Now) -> Option<Entry> {
        let (until, key) = *self.by_until.first()?;
        if until <= now { self.remove(key) } else { None }
    }

    /// When the first one's patience ends.
    pub(crate) fn first_until(&self) -> Option<Now> {
        Some(self.by_until.first()?.0)
    }

    pub(crate) fn get(&self, key: Key) -> Option<&Entry> {
        self.by_key.get(&key)
    }

    /// The one with the largest key.
    pub(crate) fn last(&self) -> Option<&Entry> {
        Some(self.by_key.last_key_value()?.1)
    }

    /// The entry of which `rank` is largest.
    pub(crate) fn last_by<R: Ord>(&self, rank: impl Fn(&Entry) -> R) -> Option<&Entry> {
        self.by_key.values().max_by_key(|entry| rank(entry))
    }
}
