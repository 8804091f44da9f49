//! Stored rows that make up a state: a person, their reasons and their slots.

use yimatong_model::ids::{CommunityId, HouseholdId, PersonId, Slot};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::vaccination::Vaccination;

use crate::codec::{day, instant, narrow, optional_instant};
use crate::error::{Result, corrupt};
use crate::keyring::Keyring;
use crate::latest_results::decode_latest;
use crate::profile::Profile;
use crate::relative::Relation;
use crate::rounds::Rounds;
use crate::slot::Kind;
use crate::state::{PersonState, RelativeSlot};

/// A row of the person table, as far as a state needs it.
pub(crate) struct PersonRow<'a> {
    pub(crate) person_id: i64,
    pub(crate) seq: i64,
    pub(crate) profile: &'a [u8],
    pub(crate) community: Option<i64>,
    pub(crate) household: Option<i64>,
    pub(crate) latest_results: Option<&'a [u8]>,
    pub(crate) doses: Option<i64>,
    pub(crate) last_dose_day: Option<i32>,
    pub(crate) rounds: Option<&'a [u8]>,
}

impl PersonRow<'_> {
    /// The state without reasons and slots.
    pub(crate) fn state(&self, keys: &Keyring) -> Result<PersonState> {
        let person_id = person_id(self.person_id)?;
        let profile = Profile::open(keys, person_id, self.profile)?;
        let vaccination = match (self.doses, self.last_dose_day) {
            (Some(doses), Some(last)) => {
                Some(Vaccination { doses: narrow(doses, "a number of doses")?, last: day(last)? })
            }
            _ => None,
        };
        let community = self.community.map(|number| narrow(number, "a community").map(CommunityId));
        Ok(PersonState {
            person_id,
            seq: narrow(self.seq, "a change number")?,
            masked_name: profile.masked_name,
            document_tail: profile.tail,
            birth_date: profile.birth_date,
            sex: profile.sex,
            document_kind: profile.kind,
            community: community.transpose()?,
            household: self.household.and_then(HouseholdId::from_i64),
            reasons: Vec::new(),
            results: self.latest_results.map_or(Ok(Vec::new()), decode_latest)?,
            vaccination,
            device_slot: None,
            paper_slot: None,
            relative_slots: Vec::new(),
            void_slots: Vec::new(),
            rounds: Rounds::decode(self.rounds)?.into_numbers(),
        })
    }
}

/// A reason from its columns.
pub(crate) fn reason(
    code: i64,
    since_ms: i64,
    until_ms: Option<i64>,
    released_ms: Option<i64>,
) -> Result<Reason> {
    let code = u8::try_from(code).ok().and_then(ReasonCode::from_u8);
    Ok(Reason {
        code: code.ok_or_else(|| corrupt("a reason"))?,
        since: instant(since_ms)?,
        until: optional_instant(until_ms)?,
        released: optional_instant(released_ms)?,
    })
}

/// A row of the slot table, with the relation of a live relative slot.
pub(crate) struct SlotRow {
    pub(crate) slot: i64,
    pub(crate) kind: i64,
    pub(crate) holder: Option<i64>,
    pub(crate) live: bool,
    pub(crate) relation: Option<i64>,
}

impl SlotRow {
    /// Puts the slot into the state of its person.
    pub(crate) fn add_to(&self, state: &mut PersonState) -> Result<()> {
        let slot = Slot(narrow(self.slot, "a slot")?);
        if !self.live {
            state.void_slots.push(slot);
            return Ok(());
        }
        match Kind::from_i64(self.kind)? {
            Kind::Device => state.device_slot = Some(slot),
            Kind::Paper => state.paper_slot = Some(slot),
            Kind::Relative => {
                let holder = person_id(self.holder.ok_or_else(|| corrupt("a relative slot"))?)?;
                let relation = self.relation.ok_or_else(|| corrupt("a relative slot"))?;
                state.relative_slots.push(RelativeSlot { slot, holder, relation: relation_of(relation)? });
            }
        }
        Ok(())
    }
}

/// A person id column.
pub(crate) fn person_id(id: i64) -> Result<PersonId> {
    PersonId::from_i64(id).ok_or_else(|| corrupt("a person id"))
}

/// A relation column.
pub(crate) fn relation_of(number: i64) -> Result<Relation> {
    u8::try_from(number).ok().and_then(Relation::from_u8).ok_or_else(|| corrupt("a relation"))
}
