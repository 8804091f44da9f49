//! A result with whose it is, for a printed proof.

use jiff::Timestamp;
use yimatong_model::ids::PersonId;

use super::person_file::sealed;
use super::tx::Tx;
use super::{audit, result, state};
use crate::error::{Noun, Result, StoreError};
use crate::result_proof::{self, ResultProof};

/// The verb `result_proof`.
pub(super) fn read(
    tx: &Tx<'_>,
    person: PersonId,
    id: &[u8; 16],
    now: Timestamp,
) -> Result<Option<ResultProof>> {
    let state = state::find(tx, person)?.ok_or(StoreError::NotFound(Noun::Person))?;
    let Some(mut found) = result::by_id(tx, person, id)? else { return Ok(None) };
    result::add_taken(tx, person, std::slice::from_mut(&mut found))?;
    audit::append(tx, &result_proof::audit(person, id, now))?;
    Ok(Some(ResultProof {
        name: tx.keys.open_text(person, "name", &sealed(tx, person)?.name)?,
        document_kind: state.document_kind,
        birth_date: state.birth_date,
        result: found,
    }))
}
