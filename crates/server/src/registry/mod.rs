//! The registry: the city in memory, or a part of it; a projection of the store.
//!
//! Whatever showing, checking and the latest results need is here, so the database is never on that path.
//! Writes arrive as [`PersonState`]s after their commit; an older state never replaces a newer one.

mod ahead;
mod apply;
mod block;
#[cfg(test)]
mod block_tests;
pub mod census;
pub mod entry;
#[cfg(test)]
mod fixtures;
mod load;
pub mod part;
#[cfg(test)]
mod part_tests;
pub mod round;
pub mod rule_change;
mod shard;
pub mod snapshot;
pub mod status_board;
#[cfg(test)]
mod tests;
mod unreached;

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicIsize, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;
use yimatong_credential::Status;
use yimatong_model::colour::Colour;
use yimatong_model::ids::{HouseholdId, PersonId, Slot};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::rule::{Decision, RulePack};
use yimatong_store::{PersonState, Relation, RelativeSlot};

use entry::Entry;
pub use load::Followed;
use part::Part;
use shard::Shard;
use status_board::StatusBoard;
use unreached::Missed;

const SHARDS: usize = 64;

/// What the registry knows of a person at an instant.
#[derive(Debug, Clone)]
pub struct View {
    /// The packed entry.
    pub entry: Entry,
    /// All reasons that were not released; one whose release lies ahead has it as its end.
    pub reasons: Vec<Reason>,
    /// Colour, active reasons and the next moment either changes.
    pub decision: Decision,
}

impl View {
    /// Whether the person is a case: confirmed, or positive in a tube of their own.
    #[must_use]
    pub fn is_case(&self) -> bool {
        let of_case = [ReasonCode::SinglePositive, ReasonCode::Confirmed, ReasonCode::Asymptomatic];
        self.decision.active.iter().any(|code| of_case.contains(code))
    }
}

/// Someone a holder shows a code for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The relative.
    pub relative: PersonId,
    /// The slot of the code.
    pub slot: Slot,
    /// What the relative is to the holder.
    pub relation: Relation,
}

/// The city, or a part of it with whom that part needs.
#[derive(Debug)]
pub struct Registry {
    part: Part,
    shards: Box<[RwLock<Shard>]>,
    /// Whom a holder shows codes for.
    relatives: RwLock<HashMap<PersonId, Vec<Link>>>,
    /// When whose colour changes by itself (a reason begins or ends), in Unix seconds.
    due: Mutex<BTreeSet<(i64, PersonId)>>,
    /// The status lists that gates read.
    pub board: StatusBoard,
    rules: Arc<RulePack>,
    sequence: AtomicU64,
    /// The history of the store that the number belongs to.
    epoch: AtomicU32,
    /// Readings of the whole city under way.
    loading: AtomicUsize,
    /// People of other parts that are kept.
    foreign: AtomicIsize,
    /// How many histories of the store were forgotten.
    histories: AtomicU32,
    /// Held from a reading of the store until what was read is applied.
    turn: tokio::sync::Mutex<()>,
    /// People whose changes up to the number could not be read.
    missed: Missed,
}

impl Registry {
    /// An empty registry of a part under these rules.
    #[must_use]
    pub fn new(rules: Arc<RulePack>, status_index_key: [u8; 32], part: Part) -> Self {
        Self {
            part,
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            relatives: RwLock::default(),
            due: Mutex::default(),
            board: StatusBoard::new(status_index_key, !part.is_whole()),
            rules,
            sequence: AtomicU64::new(0),
            epoch: AtomicU32::new(0),
            loading: AtomicUsize::new(0),
            foreign: AtomicIsize::new(0),
            histories: AtomicU32::new(0),
            turn: tokio::sync::Mutex::default(),
            missed: Missed::default(),
        }
    }

    /// Whom this registry is for.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> &Arc<RulePack> {
        &self.rules
    }

    /// Sets the person's slots in the status lists and plans the next change of colour.
    fn publish(&self, shard: &Shard, person: PersonId, now: Timestamp, is_new: bool) {
        let Some(entry) = shard.get(person) else { return };
        let decision = with_reasons(shard, entry, |reasons| self.rules.decide(reasons, now));
        let status = status_of(decision.colour);
        let relatives = shard.relative_slots.get(&person).map_or(&[][..], |slots| slots);
        let slots = [entry.device_slot(), entry.paper_slot()].into_iter().flatten();
        for slot in slots.chain(relatives.iter().map(|relative| relative.slot)) {
            // The lists start out green: a new green person needs no permutation of the index.
            if is_new && status == Status::Green {
                self.board.make_room(slot);
            } else {
                self.board.set(slot, status);
            }
        }
        if let Some(at) = decision.changes_at {
            self.lock_due().insert((at.as_second(), person));
        }
    }

    /// Follows colours that change by themselves, up to `now`.
    pub fn tick(&self, now: Timestamp) -> usize {
        let due: Vec<PersonId> = {
            let mut due = self.lock_due();
            let later = due.split_off(&(now.as_second() + 1, PersonId::from_low_bits(0)));
            std::mem::replace(&mut *due, later).into_iter().map(|(_, person)| person).collect()
        };
        for person in &due {
            let mut shard = self.write(*person);
            self.publish(&shard, *person, now, false);
            if !self.part.holds(*person) {
                self.let_go(&mut shard, *person, now);
            }
        }
        due.len()
    }

    /// Sets everybody's slots in the status lists, whatever the lists said of them. When the store was put back, slots are
    /// given out again that stand in the lists with somebody else's status.
    pub fn publish_all(&self, now: Timestamp) {
        for lock in &self.shards {
            let shard = read(lock);
            for entry in shard.entries() {
                self.publish(&shard, entry.person(), now, false);
            }
        }
    }

    /// After a snapshot was read: links, colours as of `now` and the change number.
    fn resume(&self, (epoch, sequence): (u32, u64), now: Timestamp) {
        for lock in &self.shards {
            let shard = read(lock);
            for entry in shard.entries() {
                let (_, reasons) = entry.reasons();
                if reasons > 0 {
                    self.publish(&shard, entry.person(), now, false);
                }
                if !self.part.holds(entry.person()) {
                    self.count_foreign(1);
                    // The next tick looks whether they are still needed.
                    self.lock_due().insert((now.as_second(), entry.person()));
                }
            }
            for (person, links) in &shard.relative_slots {
                self.relink(*person, &[], links);
            }
        }
        self.sequence.store(sequence, Ordering::Release);
        self.set_epoch(epoch);
    }

    /// What is known of a person at `now`.
    #[must_use]
    pub fn view(&self, person: PersonId, now: Timestamp) -> Option<View> {
        let shard = self.read(person);
        let entry = *shard.get(person)?;
        Some(with_reasons(&shard, &entry, |reasons| View {
            entry,
            reasons: reasons.to_vec(),
            decision: self.rules.decide(reasons, now),
        }))
    }

    /// What a state says at `now`, whoever keeps the person.
    #[must_use]
    pub fn view_of(&self, state: &PersonState, now: Timestamp) -> View {
        let (entry, more) = Entry::pack(state, now);
        let (inside, count) = entry.reasons();
        let reasons = more.map_or_else(|| inside[..count].to_vec(), Vec::from);
        View { entry, decision: self.rules.decide(&reasons, now), reasons }
    }

    /// The packed entry of a person.
    #[must_use]
    pub fn entry(&self, person: PersonId) -> Option<Entry> {
        self.read(person).get(person).copied()
    }

    /// The household of a person.
    #[must_use]
    pub fn household(&self, person: PersonId) -> Option<HouseholdId> {
        self.read(person).household(person)
    }

    /// Has the person a live sample in this campaign? Of people with more rounds, the last eight are known.
    #[must_use]
    pub fn has_round(&self, person: PersonId, campaign: u16) -> bool {
        self.read(person).has_round(person, campaign)
    }

    /// Is this the live device slot of that person?
    #[must_use]
    pub fn holds_device(&self, person: PersonId, slot: Slot) -> bool {
        self.read(person).get(person).is_some_and(|entry| entry.device_slot() == Some(slot))
    }

    /// The people a holder shows codes for, by slot.
    #[must_use]
    pub fn relatives_of(&self, holder: PersonId) -> Vec<Link> {
        let relatives = self.relatives.read().unwrap_or_else(PoisonError::into_inner);
        relatives.get(&holder).cloned().unwrap_or_default()
    }

    /// Is the city being read anew? People that are not found may be there all the same.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.loading.load(Ordering::Acquire) > 0
    }

    /// From now on [`Registry::is_loading`], until the value is dropped.
    #[must_use]
    pub fn begin_loading(&self) -> Loading<'_> {
        self.loading.fetch_add(1, Ordering::AcqRel);
        Loading(&self.loading)
    }

    /// Forgets everybody, as a lost machine would, for a history of the store that gave out slots up to `next`. Later ones were given
    /// out in another history and will be anew: they are nobody's. The other slots stay as they were published.
    pub async fn forget_history(&self, next: Slot) {
        // Nothing that was read of the other history may be applied after this.
        let _turn = self.turn.lock().await;
        self.histories.fetch_add(1, Ordering::Relaxed);
        self.forget();
        self.board.clear_from(next);
    }

    /// Forgets everybody; the status lists stay as they were published.
    pub fn forget(&self) {
        for shard in &self.shards {
            *shard.write().unwrap_or_else(PoisonError::into_inner) = Shard::default();
        }
        self.relatives.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.lock_due().clear();
        self.foreign.store(0, Ordering::Relaxed);
        self.missed.clear();
        self.sequence.store(0, Ordering::Release);
    }

    /// How many people of this part are known.
    #[must_use]
    pub fn people(&self) -> usize {
        self.shards.iter().map(|shard| read(shard).len()).sum::<usize>().saturating_sub(self.foreign())
    }

    /// How many people of other parts are kept.
    #[must_use]
    pub fn foreign(&self) -> usize {
        usize::try_from(self.foreign.load(Ordering::Relaxed)).unwrap_or(0)
    }

    fn count_foreign(&self, more: isize) {
        self.foreign.fetch_add(more, Ordering::Relaxed);
    }

    /// Bytes held, side tables and status lists included.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.shards.iter().map(|shard| read(shard).bytes()).sum::<usize>() + self.board.bytes()
    }

    /// The change number of the store that has been reached.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    /// The change number up to which nothing is missing, also nobody whose part of the store is away.
    #[must_use]
    pub fn whole_sequence(&self) -> u64 {
        // The number is read first: whoever is missed later has a higher one.
        let sequence = self.sequence();
        self.missed.first().map_or(sequence, |first| sequence.min(first.saturating_sub(1)))
    }

    /// Did this person change in a part of the store that is away?
    #[must_use]
    pub fn misses(&self, person: PersonId) -> bool {
        self.missed.has(person)
    }

    /// How many people changed in a part of the store that is away, and are shown as they were before.
    #[must_use]
    pub fn unreached(&self) -> usize {
        self.missed.count()
    }

    /// The history of the store that [`Registry::sequence`] belongs to.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch.load(Ordering::Acquire)
    }

    /// How many histories of the store were forgotten.
    #[must_use]
    pub fn history(&self) -> u32 {
        self.histories.load(Ordering::Relaxed)
    }

    fn set_epoch(&self, epoch: u32) {
        self.epoch.store(epoch, Ordering::Release);
    }

    fn relink(&self, person: PersonId, before: &[RelativeSlot], after: &[RelativeSlot]) {
        if before == after {
            return;
        }
        let mut relatives = self.relatives.write().unwrap_or_else(PoisonError::into_inner);
        for link in before {
            if let Some(list) = relatives.get_mut(&link.holder) {
                list.retain(|link| link.relative != person);
            }
        }
        for link in after {
            let list = relatives.entry(link.holder).or_default();
            list.push(Link { relative: person, slot: link.slot, relation: link.relation });
            list.sort_unstable_by_key(|link| link.slot);
        }
        for link in before {
            if relatives.get(&link.holder).is_some_and(Vec::is_empty) {
                relatives.remove(&link.holder);
            }
        }
    }

    fn shard(&self, person: PersonId) -> &RwLock<Shard> {
        &self.shards[person.get() as usize % SHARDS]
    }

    fn read(&self, person: PersonId) -> RwLockReadGuard<'_, Shard> {
        read(self.shard(person))
    }

    fn write(&self, person: PersonId) -> RwLockWriteGuard<'_, Shard> {
        self.shard(person).write().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_due(&self) -> std::sync::MutexGuard<'_, BTreeSet<(i64, PersonId)>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The city is being read anew while this lives.
#[derive(Debug)]
pub struct Loading<'r>(&'r AtomicUsize);

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn read(shard: &RwLock<Shard>) -> RwLockReadGuard<'_, Shard> {
    shard.read().unwrap_or_else(PoisonError::into_inner)
}

/// Hands the open reasons of an entry over, wherever they lie.
fn with_reasons<T>(shard: &Shard, entry: &Entry, use_them: impl FnOnce(&[Reason]) -> T) -> T {
    if entry.has_more_reasons()
        && let Some(reasons) = shard.more_reasons.get(&entry.person())
    {
        return use_them(reasons);
    }
    let (reasons, count) = entry.reasons();
    use_them(&reasons[..count])
}

/// How a colour stands in a status list (Token Status List: 0 valid, 1 invalid, 2 suspended, 3 our own).
#[must_use]
pub fn status_of(colour: Colour) -> Status {
    match colour {
        Colour::Green => Status::Green,
        Colour::Yellow => Status::Yellow,
        Colour::Red => Status::Red,
    }
}
