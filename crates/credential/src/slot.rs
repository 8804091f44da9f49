//! Slots: which list, and at which index of it. The index is a keyed permutation of the slot, so that two
//! neighbouring numbers in a list say nothing about who registered after whom.

use ring::hmac;

/// Bits of an index: 20, so 1,048,576 entries per list.
const INDEX_BITS: u32 = 20;
/// Entries in one list.
pub const LIST_ENTRIES: u32 = 1 << INDEX_BITS;
const HALF_BITS: u32 = INDEX_BITS / 2;
const HALF_MASK: u32 = (1 << HALF_BITS) - 1;
/// Eight rounds: a Feistel network with pseudo-random rounds needs four to look random (Luby-Rackoff); twice
/// that for halves of only 10 bits.
const ROUNDS: u8 = 8;

/// The list that holds a slot.
#[must_use]
pub fn list_of(slot: u32) -> u32 {
    slot >> INDEX_BITS
}

/// The index of a slot (only its lower 20 bits count) within `list`: a bijection on 0..2^20 for each key and list, a
/// Feistel network with HMAC-SHA256 rounds. Eight HMACs; for many slots see [`ListPermutation`].
#[must_use]
pub fn permute(slot_in_list: u32, key: &[u8; 32], list: u32) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    feistel(slot_in_list, |round, half| round_value(&key, list, round, half))
}

/// [`permute`] for one list, with the rounds computed beforehand: 8,192 HMACs and 16 KiB once, then eight
/// look-ups per slot.
pub struct ListPermutation {
    rounds: Vec<u16>,
}

impl ListPermutation {
    /// The permutation of `list` under `key`.
    #[must_use]
    pub fn new(key: &[u8; 32], list: u32) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        let halves = 0..=HALF_MASK;
        let rounds = (0..ROUNDS)
            .flat_map(|round| halves.clone().map(move |half| (round, half)))
            .map(|(round, half)| round_value(&key, list, round, half) as u16)
            .collect();
        Self { rounds }
    }

    /// The index of a slot (only its lower 20 bits count).
    #[must_use]
    pub fn index(&self, slot_in_list: u32) -> u32 {
        feistel(slot_in_list, |round, half| {
            u32::from(self.rounds[usize::from(round) << HALF_BITS | half as usize])
        })
    }
}

fn feistel(slot_in_list: u32, round_value: impl Fn(u8, u32) -> u32) -> u32 {
    let (mut left, mut right) = (slot_in_list >> HALF_BITS & HALF_MASK, slot_in_list & HALF_MASK);
    for round in 0..ROUNDS {
        (left, right) = (right, left ^ round_value(round, right));
    }
    left << HALF_BITS | right
}

/// Ten pseudo-random bits for a half.
fn round_value(key: &hmac::Key, list: u32, round: u8, half: u32) -> u32 {
    let mut message = [0; 9];
    message[0] = round;
    message[1..5].copy_from_slice(&list.to_be_bytes());
    message[5..].copy_from_slice(&half.to_be_bytes());
    let tag = hmac::sign(key, &message);
    (u32::from(tag.as_ref()[0]) << 8 | u32::from(tag.as_ref()[1])) & HALF_MASK
}
