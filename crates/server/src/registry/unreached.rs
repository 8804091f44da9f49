//! People whose changes could not be read, because the part of the store that holds them is away. They are asked for again until
//! they come; everybody else's changes go on meanwhile.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use yimatong_model::ids::PersonId;
use yimatong_store::{PersonState, Unreached};

/// Most people remembered; before there are more, changes are not followed any further.
const MOST: usize = 500_000;

/// First and last number of a person's changes that were missed.
type Numbers = (u64, u64);

/// Whom the registry still has to hear of.
#[derive(Debug, Default)]
pub(super) struct Missed(Mutex<BTreeMap<PersonId, Numbers>>);

impl Missed {
    /// Remembers people; false, and nothing is remembered, when there would be too many.
    pub(super) fn add(&self, unreached: &[Unreached]) -> bool {
        let mut people = self.lock();
        let is_new = |missed: &&Unreached| !people.contains_key(&missed.person);
        let new: BTreeSet<PersonId> = unreached.iter().filter(is_new).map(|missed| missed.person).collect();
        if !new.is_empty() && people.len() + new.len() > MOST {
            return false;
        }
        for missed in unreached {
            let (first, last) = people.entry(missed.person).or_insert((missed.seq, missed.seq));
            (*first, *last) = ((*first).min(missed.seq), (*last).max(missed.seq));
        }
        true
    }

    /// Forgets people whose states came; one from before the change that was missed is not enough.
    pub(super) fn heard(&self, states: &[PersonState]) {
        let mut people = self.lock();
        for state in states {
            if people.get(&state.person_id).is_some_and(|(_, last)| state.seq >= *last) {
                people.remove(&state.person_id);
            }
        }
    }

    /// Whether somebody is to be heard of.
    pub(super) fn has(&self, person: PersonId) -> bool {
        self.lock().contains_key(&person)
    }

    /// Forgets everybody.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    /// The people, in order.
    pub(super) fn people(&self) -> Vec<PersonId> {
        self.lock().keys().copied().collect()
    }

    /// How many they are.
    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }

    /// The first number that was missed.
    pub(super) fn first(&self) -> Option<u64> {
        self.lock().values().map(|(first, _)| *first).min()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<PersonId, Numbers>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
