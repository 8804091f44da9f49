//! Preparing a bulk import: people are sealed on all cores, outside of any transaction.

use std::borrow::Cow;
use std::thread;

use yimatong_model::ids::PersonId;

use crate::error::{Result, StoreError};
use crate::keyring::{Keyring, Random, person_id_of};
use crate::person::ImportPerson;
use crate::profile::{Identity, SealedIdentity};

/// A person ready to insert under the id of the tag.
pub(crate) struct Prepared {
    /// Place in the batch.
    pub(crate) index: usize,
    pub(crate) given: ImportPerson,
    pub(crate) tag: [u8; 32],
    pub(crate) phone_tag: Option<[u8; 32]>,
    pub(crate) sealed: SealedIdentity,
}

impl Prepared {
    /// The sealed columns for an id: values are bound to it, so a person whose own id was taken is sealed again.
    pub(crate) fn sealed_for(
        &self,
        keys: &Keyring,
        rng: &Random,
        id: PersonId,
    ) -> Result<Cow<'_, SealedIdentity>> {
        if id == person_id_of(&self.tag) {
            return Ok(Cow::Borrowed(&self.sealed));
        }
        Ok(Cow::Owned(identity(&self.given).seal(keys, rng, id)?))
    }
}

/// Computes tags and seals columns of a batch; answers it in order of ids.
pub(crate) fn prepare(keys: &Keyring, rng: &Random, people: Vec<ImportPerson>) -> Result<Vec<Prepared>> {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = people.len().div_ceil(threads).max(1);
    let mut shares: Vec<Vec<(usize, ImportPerson)>> = Vec::with_capacity(threads);
    let mut people = people.into_iter().enumerate().peekable();
    while people.peek().is_some() {
        shares.push(people.by_ref().take(share).collect());
    }
    let mut prepared = thread::scope(|scope| {
        let workers: Vec<_> = shares
            .into_iter()
            .map(|share| {
                scope.spawn(move || {
                    share
                        .into_iter()
                        .map(|(index, given)| one(keys, rng, index, given))
                        .collect::<Result<Vec<_>>>()
                })
            })
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            match worker.join() {
                Ok(share) => all.append(&mut share?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, StoreError>(all)
    })?;
    prepared.sort_unstable_by_key(|person| (person_id_of(&person.tag), person.index));
    Ok(prepared)
}

fn one(keys: &Keyring, rng: &Random, index: usize, given: ImportPerson) -> Result<Prepared> {
    let tag = keys.document_tag(&given.person.document);
    let phone_tag = given.person.phone.as_ref().map(|phone| keys.phone_tag(phone));
    let sealed = identity(&given).seal(keys, rng, person_id_of(&tag))?;
    Ok(Prepared { index, given, tag, phone_tag, sealed })
}

fn identity(given: &ImportPerson) -> Identity<'_> {
    let person = &given.person;
    Identity {
        document: &person.document,
        name: &person.name,
        phone: person.phone.as_ref(),
        birth_date: person.birth_date,
        sex: person.sex,
    }
}

/// Imported results have no id of a lab: person and place in the list name them.
pub(crate) fn imported_result_id(person: PersonId, number: u64) -> [u8; 16] {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&person.get().to_be_bytes());
    id[8..].copy_from_slice(&number.to_be_bytes());
    id
}
