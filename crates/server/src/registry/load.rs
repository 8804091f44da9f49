//! Filling the registry from the store and following its changes.

use jiff::Timestamp;
use yimatong_store::{Changes, Store, StoreError};

use super::Registry;

/// People read from the store at a time.
const PAGE: usize = 10_000;

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
            let turn = self.turn.lock().await;
            let states = store.load_states(after, PAGE).await?;
            let Some(last) = states.last() else { break };
            after = Some(last.person_id);
            read += states.len();
            self.apply_all(&states, 0, now);
            drop(turn);
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
        self.follow_until(store, now, || false).await
    }

    /// As [`Registry::follow`], unless somebody else brings what is asked for meanwhile.
    pub async fn follow_until(
        &self,
        store: &dyn Store,
        now: Timestamp,
        has_come: impl Fn() -> bool + Send + Sync,
    ) -> Result<Followed, StoreError> {
        let mut changed = 0;
        let mut turn = self.turn.lock().await;
        if has_come() {
            return Ok(Followed::Changed(0));
        }
        if store.feed_epoch().await? != self.epoch() {
            return Ok(Followed::PutBack);
        }
        loop {
            match store.changes_since(self.sequence(), PAGE).await? {
                Changes::Page { last_seq, .. } if last_seq <= self.sequence() => {
                    return Ok(Followed::Changed(changed));
                }
                Changes::Page { states, last_seq } => {
                    changed += states.len();
                    self.apply_all(&states, last_seq, now);
                    drop(turn);
                    turn = self.turn.lock().await;
                }
                Changes::TooOld if store.latest_seq().await? < self.sequence() => {
                    return Ok(Followed::PutBack);
                }
                Changes::TooOld => {
                    drop(turn);
                    Box::pin(self.load(store, now, &|_| {})).await?;
                    return Ok(Followed::Changed(self.people()));
                }
            }
        }
    }
}
