//! Reading states: rows of the person table joined in memory with reasons and slots.

use rusqlite::{OptionalExtension, Row};
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId, Slot};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::vaccination::Vaccination;

use super::codec::{day, instant, narrow, optional_instant};
use super::error::corrupt;
use super::profile::Profile;
use super::result::decode_latest;
use super::slot::Kind;
use super::tx::View;
use crate::error::{Noun, Result, StoreError};
use crate::keyring::Keyring;
use crate::relative::Relation;
use crate::state::{PersonState, RelativeSlot};

/// Columns of the person table that [`from_person_row`] reads, in its order.
pub(super) const PERSON_COLUMNS: &str =
    "person_id, seq, profile, community_id, household_id, latest_results, doses, last_dose_day";

/// Columns of the reason table that [`reason_row`] reads.
pub(super) const REASON_COLUMNS: &str = "person_id, code, since_ms, until_ms, released_ms";

/// Columns of the slot table that [`add_slot`] reads.
pub(super) const SLOT_COLUMNS: &str = "person_id, slot, kind, holder_id, void_ms IS NULL, \
     (SELECT h.relation FROM relative_holder h WHERE h.person_id = slot.person_id AND h.holder_id = slot.holder_id)";

/// The state of a person.
pub(super) fn of(view: &View<'_>, person: PersonId) -> Result<PersonState> {
    find(view, person)?.ok_or(StoreError::NotFound(Noun::Person))
}

/// The state of a person, if there is one.
pub(super) fn find(view: &View<'_>, person: PersonId) -> Result<Option<PersonState>> {
    let id = person.as_i64();
    let mut people =
        view.sql.prepare_cached(&format!("SELECT {PERSON_COLUMNS} FROM person WHERE person_id = ?1"))?;
    let Some(state) = people.query_row([id], |row| Ok(from_person_row(view.keys, row))).optional()? else {
        return Ok(None);
    };
    let mut state = state?;
    let mut reasons = view.sql.prepare_cached(&format!(
        "SELECT {REASON_COLUMNS} FROM reason WHERE person_id = ?1 ORDER BY code, since_ms"
    ))?;
    let mut rows = reasons.query([id])?;
    while let Some(row) = rows.next()? {
        state.reasons.push(reason_row(row)?);
    }
    let mut slots = view
        .sql
        .prepare_cached(&format!("SELECT {SLOT_COLUMNS} FROM slot WHERE person_id = ?1 ORDER BY slot"))?;
    let mut rows = slots.query([id])?;
    while let Some(row) = rows.next()? {
        add_slot(&mut state, row)?;
    }
    Ok(Some(state))
}

/// A state without reasons and slots.
pub(super) fn from_person_row(keys: &Keyring, row: &Row<'_>) -> Result<PersonState> {
    let person_id = person_id(row.get(0)?)?;
    let profile =
        Profile::open(keys, person_id, row.get_ref(2)?.as_blob().map_err(|_| corrupt("a profile"))?)?;
    let household: Option<i64> = row.get(4)?;
    let latest: Option<Vec<u8>> = row.get(5)?;
    let doses: Option<i64> = row.get(6)?;
    let vaccination = match (doses, row.get::<_, Option<i32>>(7)?) {
        (Some(doses), Some(last)) => {
            Some(Vaccination { doses: narrow(doses, "a number of doses")?, last: day(last)? })
        }
        _ => None,
    };
    Ok(PersonState {
        person_id,
        seq: narrow(row.get(1)?, "a change number")?,
        masked_name: profile.masked_name,
        document_tail: profile.tail,
        birth_date: profile.birth_date,
        sex: profile.sex,
        document_kind: profile.kind,
        community: row.get::<_, Option<u32>>(3)?.map(CommunityId),
        household: household.and_then(HouseholdId::from_i64),
        reasons: Vec::new(),
        results: latest.map_or(Ok(Vec::new()), |bytes| decode_latest(&bytes))?,
        vaccination,
        device_slot: None,
        paper_slot: None,
        relative_slots: Vec::new(),
        void_slots: Vec::new(),
    })
}

/// A reason.
pub(super) fn reason_row(row: &Row<'_>) -> Result<Reason> {
    Ok(Reason {
        code: ReasonCode::from_u8(row.get(1)?).ok_or_else(|| corrupt("a reason"))?,
        since: instant(row.get(2)?)?,
        until: optional_instant(row.get(3)?)?,
        released: optional_instant(row.get(4)?)?,
    })
}

/// Puts a slot into the state of its person.
pub(super) fn add_slot(state: &mut PersonState, row: &Row<'_>) -> Result<()> {
    let slot = Slot(row.get(1)?);
    let live: bool = row.get(4)?;
    if !live {
        state.void_slots.push(slot);
        return Ok(());
    }
    match Kind::from_i64(row.get(2)?)? {
        Kind::Device => state.device_slot = Some(slot),
        Kind::Paper => state.paper_slot = Some(slot),
        Kind::Relative => {
            let holder: Option<i64> = row.get(3)?;
            let holder = person_id(holder.ok_or_else(|| corrupt("a relative slot"))?)?;
            let relation = row.get::<_, Option<u8>>(5)?.and_then(Relation::from_u8);
            let relation = relation.ok_or_else(|| corrupt("a relative slot"))?;
            state.relative_slots.push(RelativeSlot { slot, holder, relation });
        }
    }
    Ok(())
}

/// A person id column.
pub(super) fn person_id(id: i64) -> Result<PersonId> {
    PersonId::from_i64(id).ok_or_else(|| corrupt("a person id"))
}
