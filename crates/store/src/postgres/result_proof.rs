//! A result with whose it is, for a printed proof.

use jiff::Timestamp;
use yimatong_model::ids::PersonId;

use super::person_file::SEALED;
use super::tx::{Tx, at};
use super::{audit, result, state};
use crate::error::{Noun, Result, StoreError};
use crate::result_proof::{self, ResultProof};

/// The verb `result_proof`.
pub(super) async fn read(
    tx: &Tx,
    person: PersonId,
    id: &[u8; 16],
    now: Timestamp,
) -> Result<Option<ResultProof>> {
    let unknown = || StoreError::NotFound(Noun::Person);
    let state = state::find(tx, person).await?.ok_or_else(unknown)?;
    let Some(mut found) = result::by_id(tx, person, id).await? else { return Ok(None) };
    result::add_taken(tx, person, std::slice::from_mut(&mut found)).await?;
    let sealed = tx.row(&SEALED, &[&person.as_i64()]).await?.ok_or_else(unknown)?;
    audit::append(tx, &result_proof::audit(person, id, now)).await?;
    Ok(Some(ResultProof {
        name: tx.keys.open_text(person, "name", at(&sealed, 1)?)?,
        document_kind: state.document_kind,
        birth_date: state.birth_date,
        result: found,
    }))
}
