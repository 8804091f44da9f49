//! A part of the registry behind one lock: entries in blocks that never move, found through a hash table.

use std::collections::HashMap;

use hashbrown::HashTable;
use yimatong_model::ids::{HouseholdId, PersonId};
use yimatong_model::reason::Reason;
use yimatong_store::RelativeSlot;

use super::block::{BLOCK, Beside, Block};
use super::entry::Entry;

/// Entries and side tables of the people whose id falls here.
#[derive(Debug, Default)]
pub(super) struct Shard {
    index: HashTable<u32>,
    blocks: Vec<Block>,
    /// All open reasons of people with more than two.
    pub(super) more_reasons: HashMap<PersonId, Box<[Reason]>>,
    /// Slots under which holders show a person's code.
    pub(super) relative_slots: HashMap<PersonId, Box<[RelativeSlot]>>,
}

/// Person ids are prefixes of an HMAC: their low bits choose the shard, the rest is hash enough.
fn hash(person: u64) -> u64 {
    person.rotate_left(32).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Shard {
    /// The entry of a person.
    pub(super) fn get(&self, person: PersonId) -> Option<&Entry> {
        self.place(person).map(|place| self.at(place))
    }

    /// The person's household.
    pub(super) fn household(&self, person: PersonId) -> Option<HouseholdId> {
        let place = self.place(person)?;
        self.blocks[place as usize / BLOCK].household(place as usize % BLOCK)
    }

    /// Has the person a live sample in a round?
    pub(super) fn has_round(&self, person: PersonId, round: u16) -> bool {
        self.place(person)
            .is_some_and(|place| self.blocks[place as usize / BLOCK].has_round(place as usize % BLOCK, round))
    }

    fn place(&self, person: PersonId) -> Option<u32> {
        let id = person.get();
        self.index.find(hash(id), |place| self.at(*place).person == id).copied()
    }

    /// Adds or replaces an entry; an older state never replaces a newer one. Returns what was there before, or
    /// `Err` with the newer entry.
    pub(super) fn put(&mut self, entry: Entry, beside: Beside<'_>) -> Result<Option<Entry>, Entry> {
        let id = entry.person;
        if let Some(place) = self.place(entry.person()) {
            let old = *self.at(place);
            if old.is_newer_than(&entry) {
                return Err(old);
            }
            self.set(place, entry, beside);
            return Ok(Some(old));
        }
        let place = u32::try_from(self.len()).expect("a shard holds far fewer than 2^32 people");
        if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
            self.blocks.push(Block::new());
        }
        self.blocks.last_mut().expect("a block was just made sure of").push(entry, beside);
        let blocks = &self.blocks;
        self.index.insert_unique(hash(id), place, |place| hash(entry_at(blocks, *place).person));
        Ok(None)
    }

    /// Removes a person with the side tables; answers the entry and the slots under which holders showed a code. The last
    /// entry takes the place: whoever goes through the blocks at this very moment may miss its person.
    pub(super) fn remove(&mut self, person: PersonId) -> Option<(Entry, Box<[RelativeSlot]>)> {
        let id = person.get();
        let blocks = &self.blocks;
        let found = self.index.find_entry(hash(id), |place| entry_at(blocks, *place).person == id).ok()?;
        let (place, _) = found.remove();
        let removed = *self.at(place);
        let (last, household, rounds) =
            self.blocks.last_mut().and_then(Block::pop).expect("an entry was found, so there is a last one");
        if self.blocks.last().is_some_and(|block| block.len() == 0) {
            self.blocks.pop();
        }
        if last.person != id {
            let moved_from = u32::try_from(self.len()).expect("a shard holds far fewer than 2^32 people");
            let moved = self.index.find_mut(hash(last.person), |place| *place == moved_from);
            *moved.expect("every entry has its place in the index") = place;
            self.set(place, last, Beside { household, rounds: &rounds });
        }
        self.more_reasons.remove(&person);
        Some((removed, self.relative_slots.remove(&person).unwrap_or_default()))
    }

    /// How many people are here.
    pub(super) fn len(&self) -> usize {
        self.blocks.last().map_or(0, |last| (self.blocks.len() - 1) * BLOCK + last.len())
    }

    /// A block, counted from 0.
    pub(super) fn block(&self, number: usize) -> Option<&Block> {
        self.blocks.get(number)
    }

    /// Every block.
    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Every block, for reading what a snapshot says beside the entries.
    pub(super) fn blocks_mut(&mut self) -> &mut [Block] {
        &mut self.blocks
    }

    /// Every entry.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.blocks.iter().flat_map(Block::entries)
    }

    /// Bytes held, allocated but unused room included.
    pub(super) fn bytes(&self) -> usize {
        let table = self.index.allocation_size();
        let entries: usize = self.blocks.iter().map(Block::bytes).sum();
        let reasons: usize =
            self.more_reasons.values().map(|reasons| size_of_val::<[Reason]>(reasons) + 64).sum();
        let relatives: usize =
            self.relative_slots.values().map(|slots| size_of_val::<[RelativeSlot]>(slots) + 64).sum();
        table + entries + reasons + relatives
    }

    fn at(&self, place: u32) -> &Entry {
        entry_at(&self.blocks, place)
    }

    fn set(&mut self, place: u32, entry: Entry, beside: Beside<'_>) {
        self.blocks[place as usize / BLOCK].set(place as usize % BLOCK, entry, beside);
    }
}

fn entry_at(blocks: &[Block], place: u32) -> &Entry {
    &blocks[place as usize / BLOCK].entries()[place as usize % BLOCK]
}
