//! Taking states over. Of people of other parts only those are kept whom this part needs.
//!
//! Of somebody who is not kept nothing is held, not even a change number, so an older state that came after a newer one
//! could not be told from a new one. Hence such people come and go by the feed alone, whose readings follow one another
//! (`Registry::turn`): each is of the store as it is then, so none is older than the one before.

use jiff::Timestamp;
use yimatong_credential::Status;
use yimatong_model::ids::PersonId;
use yimatong_model::reason::Reason;
use yimatong_store::{PersonState, RelativeSlot};

use super::block::Beside;
use super::entry::Entry;
use super::shard::Shard;
use super::{Registry, with_reasons};

impl Registry {
    /// Takes over a committed state that a verb of this node brought. Older states than the one held are left aside, and
    /// people of other parts are left to the feed.
    pub fn apply(&self, state: &PersonState, now: Timestamp) {
        if self.part.holds(state.person_id) {
            self.take(state, now);
        }
    }

    /// Takes over states of the feed and says which change number has been reached.
    pub fn apply_all(&self, states: &[PersonState], sequence: u64, now: Timestamp) {
        for state in states {
            self.take(state, now);
        }
        self.sequence.fetch_max(sequence, std::sync::atomic::Ordering::Release);
    }

    fn take(&self, state: &PersonState, now: Timestamp) {
        let person = state.person_id;
        let (entry, more) = Entry::pack(state, now);
        let mut shard = self.write(person);
        let (inside, count) = entry.reasons();
        if !self.keeps(person, more.as_deref().unwrap_or(&inside[..count]), &state.relative_slots, now) {
            self.leave_out(&mut shard, &entry, state);
            return;
        }
        let beside = Beside { household: state.household, rounds: &state.rounds };
        let Ok(before) = shard.put(entry, beside) else { return };
        match more {
            Some(reasons) => drop(shard.more_reasons.insert(person, reasons)),
            None if before.is_some_and(|before| before.has_more_reasons()) => {
                shard.more_reasons.remove(&person);
            }
            None => {}
        }
        let links_before = if state.relative_slots.is_empty() {
            shard.relative_slots.remove(&person)
        } else {
            shard.relative_slots.insert(person, state.relative_slots.clone().into_boxed_slice())
        };
        self.publish(&shard, person, now, before.is_none());
        for slot in &state.void_slots {
            self.board.set(*slot, Status::Void);
        }
        // Still under the shard's lock: of two states of a person, the newer one's links must come last.
        self.relink(person, links_before.as_deref().unwrap_or(&[]), &state.relative_slots);
        if before.is_none() && !self.part.holds(person) {
            self.count_foreign(1);
        }
    }

    /// Is an entry needed? Of this part's people, of relatives that they show codes for, and of everybody whose colour has or
    /// will have a reason, because status lists follow the clock and the rules.
    fn keeps(&self, person: PersonId, open: &[Reason], links: &[RelativeSlot], now: Timestamp) -> bool {
        self.part.holds(person)
            || open.iter().any(|reason| reason.until.is_none_or(|until| until > now))
            || links.iter().any(|link| self.part.holds(link.holder))
    }

    /// Of somebody who is not kept only the status lists know: no reason counts, so the slots are green.
    fn leave_out(&self, shard: &mut Shard, entry: &Entry, state: &PersonState) {
        if shard.get(state.person_id).is_some_and(|held| held.is_newer_than(entry)) {
            return;
        }
        self.forget_one(shard, state.person_id);
        let own = [state.device_slot, state.paper_slot].into_iter().flatten();
        for slot in own.chain(state.relative_slots.iter().map(|link| link.slot)) {
            self.board.set(slot, Status::Green);
        }
        for slot in &state.void_slots {
            self.board.set(*slot, Status::Void);
        }
    }

    /// Forgets somebody of another part whom the clock has made unneeded.
    pub(super) fn let_go(&self, shard: &mut Shard, person: PersonId, now: Timestamp) {
        let Some(entry) = shard.get(person) else { return };
        let links = shard.relative_slots.get(&person).map_or(&[][..], |links| links);
        if !with_reasons(shard, entry, |open| self.keeps(person, open, links, now)) {
            self.forget_one(shard, person);
        }
    }

    fn forget_one(&self, shard: &mut Shard, person: PersonId) {
        if let Some((_, links)) = shard.remove(person) {
            self.relink(person, &links, &[]);
            self.count_foreign(-1);
        }
    }
}
