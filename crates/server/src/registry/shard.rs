//! A part of the registry behind one lock: entries in blocks that never move, found through a hash table.

use std::collections::HashMap;

use hashbrown::HashTable;
use yimatong_model::ids::PersonId;
use yimatong_model::reason::Reason;
use yimatong_store::RelativeSlot;

use super::entry::{ENTRY_BYTES, Entry};

/// Entries per block: growing adds a block and copies nothing.
const BLOCK: usize = 1_024;

/// Entries and side tables of the people whose id falls here.
#[derive(Debug, Default)]
pub(super) struct Shard {
    index: HashTable<u32>,
    blocks: Vec<Vec<Entry>>,
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
        let id = person.get();
        let place = self.index.find(hash(id), |place| self.at(*place).person == id)?;
        Some(self.at(*place))
    }

    /// Adds or replaces an entry; an older state never replaces a newer one. Returns what was there before, or
    /// `Err` with the newer entry.
    pub(super) fn put(&mut self, entry: Entry) -> Result<Option<Entry>, Entry> {
        let id = entry.person;
        let found = self.index.find(hash(id), |place| self.at(*place).person == id).copied();
        if let Some(place) = found {
            let old = *self.at(place);
            if old.is_newer_than(&entry) {
                return Err(old);
            }
            *self.at_mut(place) = entry;
            return Ok(Some(old));
        }
        let place = u32::try_from(self.len()).expect("a shard holds far fewer than 2^32 people");
        if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        self.blocks.last_mut().expect("a block was just made sure of").push(entry);
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
        let last =
            self.blocks.last_mut().and_then(Vec::pop).expect("an entry was found, so there is a last one");
        if self.blocks.last().is_some_and(Vec::is_empty) {
            self.blocks.pop();
        }
        if last.person != id {
            let moved_from = u32::try_from(self.len()).expect("a shard holds far fewer than 2^32 people");
            let moved = self.index.find_mut(hash(last.person), |place| *place == moved_from);
            *moved.expect("every entry has its place in the index") = place;
            *self.at_mut(place) = last;
        }
        self.more_reasons.remove(&person);
        Some((removed, self.relative_slots.remove(&person).unwrap_or_default()))
    }

    /// How many people are here.
    pub(super) fn len(&self) -> usize {
        self.blocks.last().map_or(0, |last| (self.blocks.len() - 1) * BLOCK + last.len())
    }

    /// The entries of a block, counted from 0.
    pub(super) fn block(&self, number: usize) -> Option<&[Entry]> {
        self.blocks.get(number).map(Vec::as_slice)
    }

    /// Every entry.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.blocks.iter().flatten()
    }

    /// Bytes held, allocated but unused room included.
    pub(super) fn bytes(&self) -> usize {
        let table = self.index.allocation_size();
        let entries = self.blocks.len() * BLOCK * ENTRY_BYTES;
        let reasons: usize =
            self.more_reasons.values().map(|reasons| size_of_val::<[Reason]>(reasons) + 64).sum();
        let relatives: usize =
            self.relative_slots.values().map(|slots| size_of_val::<[RelativeSlot]>(slots) + 64).sum();
        table + entries + reasons + relatives
    }

    fn at(&self, place: u32) -> &Entry {
        entry_at(&self.blocks, place)
    }

    fn at_mut(&mut self, place: u32) -> &mut Entry {
        &mut self.blocks[place as usize / BLOCK][place as usize % BLOCK]
    }
}

fn entry_at(blocks: &[Vec<Entry>], place: u32) -> &Entry {
    &blocks[place as usize / BLOCK][place as usize % BLOCK]
}
