//! 1,024 entries that never move, and beside them, in columns of their own, what only counting a city needs: a column that is read
//! from end to end costs a tenth of reading the entries.

use yimatong_model::ids::{CommunityId, HouseholdId};

use super::entry::{ENTRY_BYTES, Entry};

/// Entries per block: growing adds a block and copies nothing.
pub(super) const BLOCK: usize = 1_024;
/// Words of 64 bits, a bit for each place of a block.
const WORDS: usize = BLOCK / 64;
/// No community.
const NO_COMMUNITY: u32 = u32::MAX;
/// No household: ids have 63 bits.
const NO_HOUSEHOLD: u64 = u64::MAX;
/// Bytes of a round in a snapshot.
const ROUND_BYTES: usize = size_of::<u16>() + BLOCK / 8;

/// What stands beside an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Beside<'a> {
    /// The person's household.
    pub(super) household: Option<HouseholdId>,
    /// Rounds of testing the person has a live sample in.
    pub(super) rounds: &'a [u16],
}

/// Who of a block has a live sample in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Round {
    number: u16,
    sampled: Sampled,
}

/// A bit for each place of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sampled([u64; WORDS]);

impl Sampled {
    const NOBODY: Self = Self([0; WORDS]);

    /// Has whoever stands there a sample?
    pub(super) const fn has(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 == 1
    }

    const fn set(&mut self, place: usize, has: bool) {
        let bit = 1 << (place % 64);
        if has {
            self.0[place / 64] |= bit;
        } else {
            self.0[place / 64] &= !bit;
        }
    }
}

/// A block of a shard.
#[derive(Debug)]
pub(super) struct Block {
    entries: Vec<Entry>,
    communities: Vec<u32>,
    households: Vec<u64>,
    /// By number; a round without anybody is left out.
    rounds: Vec<Round>,
}

impl Block {
    /// An empty block with its room.
    pub(super) fn new() -> Self {
        Self {
            entries: Vec::with_capacity(BLOCK),
            communities: Vec::with_capacity(BLOCK),
            households: Vec::with_capacity(BLOCK),
            rounds: Vec::new(),
        }
    }

    /// How many people are here.
    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entries.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The community of whoever stands at each place.
    pub(super) fn communities(&self) -> impl Iterator<Item = Option<CommunityId>> + '_ {
        self.communities.iter().map(|id| (*id != NO_COMMUNITY).then_some(CommunityId(*id)))
    }

    /// The household of whoever stands there.
    pub(super) fn household(&self, place: usize) -> Option<HouseholdId> {
        HouseholdId::new(self.households[place])
    }

    /// Who has a live sample in a round.
    pub(super) fn sampled(&self, round: u16) -> Sampled {
        self.find(round).map_or(Sampled::NOBODY, |index| self.rounds[index].sampled)
    }

    /// Is there such a sample of whoever stands there?
    pub(super) fn has_round(&self, place: usize, round: u16) -> bool {
        self.find(round).is_ok_and(|index| self.rounds[index].sampled.has(place))
    }

    /// The rounds of whoever stands there, ascending.
    pub(super) fn rounds(&self, place: usize) -> Vec<u16> {
        self.rounds.iter().filter(|round| round.sampled.has(place)).map(|round| round.number).collect()
    }

    /// Adds a person after the others.
    pub(super) fn push(&mut self, entry: Entry, beside: Beside<'_>) {
        let place = self.entries.len();
        self.entries.push(entry);
        self.communities.push(community_of(&entry));
        self.households.push(household_of(beside));
        self.set_rounds(place, beside.rounds);
    }

    /// Replaces whoever stands there.
    pub(super) fn set(&mut self, place: usize, entry: Entry, beside: Beside<'_>) {
        self.entries[place] = entry;
        self.communities[place] = community_of(&entry);
        self.households[place] = household_of(beside);
        self.set_rounds(place, beside.rounds);
    }

    /// Removes the last person.
    pub(super) fn pop(&mut self) -> Option<(Entry, Option<HouseholdId>, Vec<u16>)> {
        let place = self.entries.len().checked_sub(1)?;
        let (household, rounds) = (self.household(place), self.rounds(place));
        self.set_rounds(place, &[]);
        self.communities.pop();
        self.households.pop();
        self.entries.pop().map(|entry| (entry, household, rounds))
    }

    fn find(&self, round: u16) -> Result<usize, usize> {
        self.rounds.binary_search_by_key(&round, |round| round.number)
    }

    fn set_rounds(&mut self, place: usize, rounds: &[u16]) {
        let mut has_left = false;
        for round in &mut self.rounds {
            if round.sampled.has(place) && !rounds.contains(&round.number) {
                round.sampled.set(place, false);
                has_left = true;
            }
        }
        if has_left {
            self.rounds.retain(|round| round.sampled != Sampled::NOBODY);
        }
        for number in rounds {
            let index = self.find(*number).unwrap_or_else(|index| {
                self.rounds.insert(index, Round { number: *number, sampled: Sampled::NOBODY });
                index
            });
            self.rounds[index].sampled.set(place, true);
        }
    }

    /// Bytes held, allocated but unused room included.
    pub(super) fn bytes(&self) -> usize {
        let per_person = ENTRY_BYTES + size_of::<u32>() + size_of::<u64>();
        BLOCK * per_person + self.rounds.capacity() * size_of::<Round>() + size_of::<Self>()
    }

    /// The rounds as bytes of a snapshot, little-endian.
    pub(super) fn write_rounds(&self, out: &mut Vec<u8>) {
        let count = u32::try_from(self.rounds.len()).expect("there are at most 2^16 rounds");
        out.extend_from_slice(&count.to_le_bytes());
        for round in &self.rounds {
            out.extend_from_slice(&round.number.to_le_bytes());
            round.sampled.0.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
        }
    }

    /// Reads what [`Block::write_rounds`] wrote for the same people in the same places; answers the bytes behind it, or none
    /// when this is something else.
    pub(super) fn read_rounds<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let (count, rest) = bytes.split_first_chunk::<4>()?;
        let length = (u32::from_le_bytes(*count) as usize).checked_mul(ROUND_BYTES)?;
        let (rounds, rest) = rest.split_at_checked(length)?;
        for bytes in rounds.as_chunks::<ROUND_BYTES>().0 {
            let mut words = bytes[2..].as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
            let sampled = Sampled(std::array::from_fn(|_| words.next().unwrap_or(0)));
            self.rounds.push(Round { number: u16::from_le_bytes([bytes[0], bytes[1]]), sampled });
        }
        Some(rest)
    }
}

fn community_of(entry: &Entry) -> u32 {
    entry.community().map_or(NO_COMMUNITY, |community| community.0)
}

fn household_of(beside: Beside<'_>) -> u64 {
    beside.household.map_or(NO_HOUSEHOLD, HouseholdId::get)
}
