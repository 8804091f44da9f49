//! The projection of a person that the in-memory registry keeps.

use jiff::civil::Date;
use yimatong_model::document::DocumentKind;
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId, Slot};
use yimatong_model::person::Sex;
use yimatong_model::reason::Reason;
use yimatong_model::test_result::TestResult;
use yimatong_model::vaccination::Vaccination;

use crate::relative::Relation;

/// What a code of this person depends on, as of one committed transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonState {
    /// The person.
    pub person_id: PersonId,
    /// Change number: apply a state only over one with a lower or equal number, since answers of concurrent
    /// verbs may arrive out of order.
    pub seq: u64,
    /// Masked name, at most 12 bytes of UTF-8.
    pub masked_name: String,
    /// Last four characters of the document number.
    pub document_tail: String,
    /// Birth date, where known.
    pub birth_date: Option<Date>,
    /// Sex, where the document tells it.
    pub sex: Option<Sex>,
    /// Kind of the document.
    pub document_kind: DocumentKind,
    /// Community of residence.
    pub community: Option<CommunityId>,
    /// Household.
    pub household: Option<HouseholdId>,
    /// All reasons, released ones too, by code and time.
    pub reasons: Vec<Reason>,
    /// The two latest nucleic acid tests by sampling time, newest first.
    pub results: Vec<TestResult>,
    /// Vaccination.
    pub vaccination: Option<Vaccination>,
    /// Live slot of the person's device.
    pub device_slot: Option<Slot>,
    /// Live slot of the person's paper code.
    pub paper_slot: Option<Slot>,
    /// Live slots under which holders show this person's code, by slot.
    pub relative_slots: Vec<RelativeSlot>,
    /// Slots of this person that are void for ever, by slot.
    pub void_slots: Vec<Slot>,
    /// The last eight rounds of mass testing the person has a live sample in: numbers of campaigns, ascending.
    pub rounds: Vec<u16>,
}

/// A live slot of kind relative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelativeSlot {
    /// The slot.
    pub slot: Slot,
    /// Who shows the code.
    pub holder: PersonId,
    /// What the person is to the holder.
    pub relation: Relation,
}

/// Answer of the change feed.
#[derive(Debug, Clone, PartialEq)]
pub enum Changes {
    /// People that changed after the given number, each once with the present state.
    Page {
        /// The states, by person.
        states: Vec<PersonState>,
        /// Ask again from here; equal to the given number when nothing changed.
        last_seq: u64,
        /// People that changed too, whose part of the store is out of reach: ask for them by [`states_of`] until they come.
        ///
        /// [`states_of`]: crate::Store::states_of
        unreached: Vec<Unreached>,
    },
    /// Changes that far back are purged, or people were imported since, or the number was never given out in this
    /// history of the database: load all states.
    TooOld,
}

/// A person whose change could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreached {
    /// The person.
    pub person: PersonId,
    /// Number of the latest change that was missed: a state with a lower number is from before it.
    pub seq: u64,
}

/// States of some people.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct States {
    /// The states, by person; people who are not there are left out.
    pub states: Vec<PersonState>,
    /// People whose part of the store is out of reach.
    pub unreached: Vec<PersonId>,
}

/// How many slots there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotCounts {
    /// Lowest slot that was never given out; slots start at 0.
    pub next: u32,
    /// Slots that are live.
    pub live: u64,
    /// Slots that are void.
    pub void: u64,
}
