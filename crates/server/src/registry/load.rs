//! Filling the registry from the store and following its changes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use yimatong_store::{Changes, Outage, PersonState, Store, StoreError, Unreached};

use super::Registry;
use super::ahead::{self, PAGE};
use crate::clock::seldom;

/// What is said of people whose machine is away.
const OUT_OF_REACH: &str =
    "a machine of the cluster is away: changes of these people come when it is back, others go on";
/// What is said when no more people can be remembered than are out of reach.
const TOO_MANY: &str = "too many changed people are out of reach; the others' changes wait until machines of the cluster are back";

/// When people out of reach were told of last.
static TOLD: AtomicU64 = AtomicU64::new(0);

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
        let mut changed = 0;
        let mut turn = self.turn.lock().await;
        let history = self.histories.load(Ordering::Relaxed);
        if store.feed_epoch().await? != self.epoch() {
            return Ok(Followed::PutBack);
        }
        loop {
            let first = self.sequence();
            // Pages read at once are not all of one moment, and a part must not take an older state of somebody whom it has let go.
            let has_more = changed > 0 && self.part.is_whole();
            for page in ahead::read(store, first, has_more).await? {
                match page {
                    Changes::Page { last_seq, .. } if last_seq <= self.sequence() => {
                        return Ok(Followed::Changed(changed));
                    }
                    Changes::Page { states, last_seq, unreached } => {
                        if !unreached.is_empty() && seldom(&TOLD, since_1970(now)) {
                            tracing::warn!(people = unreached.len(), "{OUT_OF_REACH}");
                        }
                        changed += states.len();
                        self.apply_page(&states, last_seq, &unreached, now)?;
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
            // Less than a page: that was the end, or a change has not arrived yet.
            if self.sequence().saturating_sub(first) < PAGE as u64 {
                return Ok(Followed::Changed(changed));
            }
            drop(turn);
            turn = self.turn.lock().await;
            if self.histories.load(Ordering::Relaxed) != history {
                return Ok(Followed::Changed(changed));
            }
        }
    }

    /// Takes over the states of a commit of this node. Where they are all that changed since the number that was reached, it goes on, and
    /// the feed is not asked for them again: many at a time cost as much to read as to write. `history` is the
    /// [`Registry::history`] of before the commit: in another one it never happened.
    pub async fn apply_commit(&self, states: &[PersonState], history: u32, now: Timestamp) {
        let _turn = self.turn.lock().await;
        if self.history() != history {
            return;
        }
        let next = self.sequence() + 1;
        for state in states {
            self.apply(state, now);
        }
        let mut numbers: Vec<u64> = states.iter().map(|state| state.seq).collect();
        numbers.sort_unstable();
        // A part leaves people out whom only the feed tells it of.
        if self.part.is_whole() && numbers.iter().copied().eq((next..).take(numbers.len())) {
            self.apply_all(&[], numbers.last().copied().unwrap_or(0), now);
        }
    }

    /// Takes over a page of changes; the number is reached only when those who are missing are remembered.
    pub(super) fn apply_page(
        &self,
        states: &[PersonState],
        sequence: u64,
        unreached: &[Unreached],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if !self.missed.add(unreached) {
            return Err(StoreError::Unavailable(Outage::Io(TOO_MANY.to_owned())));
        }
        self.apply_all(states, sequence, now);
        self.missed.heard(states);
        Ok(())
    }

    /// Asks once more for people who were out of reach; answers how many states came.
    pub async fn ask_again(&self, store: &dyn Store, now: Timestamp) -> Result<usize, StoreError> {
        let mut came = 0;
        for people in self.missed.people().chunks(PAGE) {
            // A part must not take an older state of somebody whom the feed has just let go; a whole city need not wait here.
            let _turn = if self.part.is_whole() { None } else { Some(self.turn.lock().await) };
            let read = store.states_of(people.to_vec()).await?;
            came += read.states.len();
            self.apply_heard(&read.states, now);
        }
        Ok(came)
    }

    /// Takes over states of people who were out of reach.
    pub(super) fn apply_heard(&self, states: &[PersonState], now: Timestamp) {
        self.apply_all(states, 0, now);
        self.missed.heard(states);
    }
}

fn since_1970(now: Timestamp) -> Duration {
    Duration::from_secs(now.as_second().unsigned_abs())
}
