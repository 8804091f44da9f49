//! Reading states: rows of the person table joined in memory with reasons and slots.

use rusqlite::{OptionalExtension, Row};
use yimatong_model::ids::PersonId;
use yimatong_model::reason::Reason;

use super::tx::View;
use crate::error::{Noun, Result, StoreError, corrupt};
use crate::keyring::Keyring;
use crate::state::PersonState;
pub(super) use crate::state_rows::person_id;
use crate::state_rows::{self, PersonRow, SlotRow};

/// Columns of the person table that [`from_person_row`] reads, in its order.
pub(super) const PERSON_COLUMNS: &str =
    "person_id, seq, profile, community_id, household_id, latest_results, doses, last_dose_day, rounds";

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
    PersonRow {
        person_id: row.get(0)?,
        seq: row.get(1)?,
        profile: row.get_ref(2)?.as_blob().map_err(|_| corrupt("a profile"))?,
        community: row.get(3)?,
        household: row.get(4)?,
        latest_results: row.get_ref(5)?.as_blob_or_null().map_err(|_| corrupt("the latest results"))?,
        doses: row.get(6)?,
        last_dose_day: row.get(7)?,
        rounds: row.get_ref(8)?.as_blob_or_null().map_err(|_| corrupt("the rounds of a person"))?,
    }
    .state(keys)
}

/// A reason.
pub(super) fn reason_row(row: &Row<'_>) -> Result<Reason> {
    state_rows::reason(row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)
}

/// Puts a slot into the state of its person.
pub(super) fn add_slot(state: &mut PersonState, row: &Row<'_>) -> Result<()> {
    let slot = SlotRow {
        slot: row.get(1)?,
        kind: row.get(2)?,
        holder: row.get(3)?,
        live: row.get(4)?,
        relation: row.get(5)?,
    };
    slot.add_to(state)
}
