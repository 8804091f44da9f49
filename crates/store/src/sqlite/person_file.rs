//! The decrypted file of a person.

use rusqlite::OptionalExtension;
use yimatong_model::certificate_name::CertificateName;
use yimatong_model::ids::PersonId;
use yimatong_model::person::Nationality;

use super::tx::{Tx, View};
use super::{audit, relative, result, state};
use crate::access::{Access, AuditEntry};
use crate::codec::instant;
use crate::error::corrupt;
use crate::error::{Noun, Result, StoreError};
use crate::person_file::{PersonFile, PersonLink};

/// Results shown in a file.
const RESULTS: usize = 20;

/// The verb `read_person_file`.
pub(super) fn read(tx: &Tx<'_>, person: PersonId, access: &Access) -> Result<PersonFile> {
    access.check()?;
    let state = state::find(tx, person)?.ok_or(StoreError::NotFound(Noun::Person))?;
    audit::append(tx, &AuditEntry::of(access, "read-person-file", Some(person)))?;
    let sealed = sealed(tx, person)?;
    let relatives = relative::of_holder(tx, person)?;
    let keys = tx.keys;
    let mut results = result::newest(tx, person, RESULTS)?;
    result::add_taken(tx, person, &mut results)?;
    Ok(PersonFile {
        person,
        document_kind: state.document_kind,
        document_number: keys.open_text(person, "document", &sealed.document)?,
        name: keys.open_text(person, "name", &sealed.name)?,
        phone: sealed.phone.map(|phone| keys.open_text(person, "phone", &phone)).transpose()?,
        birth_date: state.birth_date,
        sex: state.sex,
        nationality: Nationality::parse(&sealed.nationality).ok_or_else(|| corrupt("a nationality"))?,
        community: state.community,
        household: state.household,
        registered_at: instant(sealed.registered_ms)?,
        results,
        vaccination: state.vaccination,
        relatives: relatives
            .into_iter()
            .map(|row| PersonLink { person: row.person, relation: row.relation })
            .collect(),
        holders: relative::holders_of(tx, person)?,
        state,
    })
}

/// What is on file about a person under the keys.
pub(super) struct SealedRow {
    document: Vec<u8>,
    pub(super) name: Vec<u8>,
    phone: Option<Vec<u8>>,
    nationality: String,
    registered_ms: i64,
}

/// Reads it.
pub(super) fn sealed(tx: &Tx<'_>, person: PersonId) -> Result<SealedRow> {
    tx.sql
        .prepare_cached(
            "SELECT document, name, phone, nationality, registered_ms FROM person WHERE person_id = ?1",
        )?
        .query_row([person.as_i64()], |row| {
            Ok(SealedRow {
                document: row.get(0)?,
                name: row.get(1)?,
                phone: row.get(2)?,
                nationality: row.get(3)?,
                registered_ms: row.get(4)?,
            })
        })
        .optional()?
        .ok_or(StoreError::NotFound(Noun::Person))
}

/// The verb `name_fits`.
pub(super) fn name_fits(view: &View<'_>, person: PersonId, name: &CertificateName) -> Result<bool> {
    let sealed: Option<Vec<u8>> = view
        .sql
        .prepare_cached("SELECT name FROM person WHERE person_id = ?1")?
        .query_row([person.as_i64()], |row| row.get(0))
        .optional()?;
    let sealed = sealed.ok_or(StoreError::NotFound(Noun::Person))?;
    Ok(name.fits(&view.keys.open_text(person, "name", &sealed)?))
}
