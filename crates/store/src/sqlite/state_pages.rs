//! Pages of states for a starting registry: person, reason and slot are scanned side by side in key order.

use rusqlite::{Row, Rows, params};
use yimatong_model::ids::PersonId;

use super::state::{self, PERSON_COLUMNS, REASON_COLUMNS, SLOT_COLUMNS};
use super::tx::View;
use crate::error::Result;
use crate::state::PersonState;

/// The verb `load_states`.
pub(super) fn load(view: &View<'_>, after: Option<PersonId>, limit: usize) -> Result<Vec<PersonState>> {
    let after = after.map_or(-1, PersonId::as_i64);
    let mut states = people(view, after, limit.max(1))?;
    let Some(last) = states.last().map(|state| state.person_id.as_i64()) else { return Ok(states) };
    let mut reasons = view.sql.prepare_cached(&format!(
        "SELECT {REASON_COLUMNS} FROM reason WHERE person_id > ?1 AND person_id <= ?2
         ORDER BY person_id, code, since_ms"
    ))?;
    merge(&mut states, reasons.query([after, last])?, |state, row| {
        state.reasons.push(state::reason_row(row)?);
        Ok(())
    })?;
    let mut slots = view.sql.prepare_cached(&format!(
        "SELECT {SLOT_COLUMNS} FROM slot WHERE person_id > ?1 AND person_id <= ?2 ORDER BY person_id, slot"
    ))?;
    merge(&mut states, slots.query([after, last])?, state::add_slot)?;
    Ok(states)
}

fn people(view: &View<'_>, after: i64, limit: usize) -> Result<Vec<PersonState>> {
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT {PERSON_COLUMNS} FROM person WHERE person_id > ?1 ORDER BY person_id LIMIT ?2"
    ))?;
    let mut rows = statement.query(params![after, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        states.push(state::from_person_row(view.keys, row)?);
    }
    Ok(states)
}

/// Gives each row, which begins with a person id, to the state of that person; both are in order of ids.
fn merge(
    states: &mut [PersonState],
    mut rows: Rows<'_>,
    mut add: impl FnMut(&mut PersonState, &Row<'_>) -> Result<()>,
) -> Result<()> {
    let mut states = states.iter_mut().peekable();
    while let Some(row) = rows.next()? {
        let person = state::person_id(row.get(0)?)?;
        while states.next_if(|state| state.person_id < person).is_some() {}
        if let Some(state) = states.peek_mut().filter(|state| state.person_id == person) {
            add(state, row)?;
        }
    }
    Ok(())
}
