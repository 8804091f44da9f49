//! Filling the registry from the store and following its changes.

use jiff::Timestamp;
use yimatong_store::{Changes, Store, StoreError};

use super::Registry;
use super::ahead::{self, PAGE};

/// How following the store went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// So many people changed.
    Changed(usize),
    /// The store was put back, or a replica has taken over: what is known may never have happened there.
    PutBack,
}

impl Registry {
    /// Reads everyone. `progress` is told how many people have been read.
    pub async fn load(
        &self,
        store: &dyn Store,
        now: Timestamp,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(), StoreError> {
        // The numbers are taken first: what changes while people are read is read again afterwards.
        let epoch = store.feed_epoch().await?;
        let sequence = store.latest_seq().await?;
        let mut after = None;
        let mut read = 0;
        loop {
            let states = store.load_states(after, PAGE).await?;
            let Some(last) = states.last() else { break };
            after = Some(last.person_id);
            read += states.len();
            self.apply_all(&states, 0, now);
            progress(read);
        }
        self.apply_all(&[], sequence, now);
        self.set_epoch(epoch);
        // A store that is put back at this very moment is noticed by whoever follows next.
        self.follow(store, now).await?;
        Ok(())
    }

    /// Applies what changed in the store since the last call.
    pub async fn follow(&self, store: &dyn Store, now: Timestamp) -> Result<Followed, StoreError> {
        if store.feed_epoch().await? != self.epoch() {
            return Ok(Followed::PutBack);
        }
        let mut changed = 0;
        loop {
            let first = self.sequence();
            for page in ahead::read(store, first, changed > 0).await? {
                match page {
                    Changes::Page { last_seq, .. } if last_seq <= self.sequence() => {
                        return Ok(Followed::Changed(changed));
                    }
                    Changes::Page { states, last_seq } => {
                        changed += states.len();
                        self.apply_all(&states, last_seq, now);
                    }
                    Changes::TooOld if store.latest_seq().await? < self.sequence() => {
                        return Ok(Followed::PutBack);
                    }
                    Changes::TooOld => {
                        Box::pin(self.load(store, now, &|_| {})).await?;
                        return Ok(Followed::Changed(self.people()));
                    }
                }
            }
            // Less than a page: that was the end, or a change has not arrived yet.
            if self.sequence().saturating_sub(first) < PAGE as u64 {
                return Ok(Followed::Changed(changed));
            }
        }
    }
}
