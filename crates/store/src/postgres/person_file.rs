//! The decrypted file of a person.

use yimatong_model::certificate_name::CertificateName;
use yimatong_model::ids::PersonId;
use yimatong_model::person::Nationality;

use super::sql::Sql;
use super::tx::{Tx, at};
use super::{audit, relative, result, state};
use crate::access::{Access, AuditEntry};
use crate::codec::instant;
use crate::error::{Noun, Result, StoreError, corrupt};
use crate::person_file::{PersonFile, PersonLink};

/// Results shown in a file.
const RESULTS: usize = 20;

/// What is on file about a person under the keys.
pub(super) const SEALED: Sql = Sql::key(
    "person_id",
    "SELECT document, name, phone, nationality, registered_ms FROM person WHERE person_id = $1",
);
const NAME: Sql = Sql::key("person_id", "SELECT name FROM person WHERE person_id = $1");

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[SEALED, NAME];

/// The verb `read_person_file`.
pub(super) async fn read(tx: &Tx, person: PersonId, access: &Access) -> Result<PersonFile> {
    access.check()?;
    let unknown = || StoreError::NotFound(Noun::Person);
    let state = state::find(tx, person).await?.ok_or_else(unknown)?;
    let sealed = tx.row(&SEALED, &[&person.as_i64()]).await?.ok_or_else(unknown)?;
    let relatives = relative::of_holder(tx, person).await?;
    let holders = relative::holders_of(tx, person).await?;
    let mut results = result::newest(tx, person, RESULTS).await?;
    result::add_taken(tx, person, &mut results).await?;
    audit::append(tx, &AuditEntry::of(access, "read-person-file", Some(person))).await?;
    let keys = &tx.keys;
    let phone = at::<Option<&[u8]>>(&sealed, 2)?;
    Ok(PersonFile {
        person,
        document_kind: state.document_kind,
        document_number: keys.open_text(person, "document", at(&sealed, 0)?)?,
        name: keys.open_text(person, "name", at(&sealed, 1)?)?,
        phone: phone.map(|phone| keys.open_text(person, "phone", phone)).transpose()?,
        birth_date: state.birth_date,
        sex: state.sex,
        nationality: Nationality::parse(at(&sealed, 3)?).ok_or_else(|| corrupt("a nationality"))?,
        community: state.community,
        household: state.household,
        registered_at: instant(at(&sealed, 4)?)?,
        results,
        vaccination: state.vaccination,
        relatives: relatives
            .into_iter()
            .map(|row| PersonLink { person: row.person, relation: row.relation })
            .collect(),
        holders,
        state,
    })
}

/// The verb `name_fits`.
pub(super) async fn name_fits(tx: &Tx, person: PersonId, name: &CertificateName) -> Result<bool> {
    let row = tx.row(&NAME, &[&person.as_i64()]).await?.ok_or(StoreError::NotFound(Noun::Person))?;
    Ok(name.fits(&tx.keys.open_text(person, "name", at(&row, 0)?)?))
}
