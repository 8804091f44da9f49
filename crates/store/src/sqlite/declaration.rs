//! Declarations and their evidence.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use yimatong_model::ids::{PersonId, StaffId};

use super::idempotency::once;
use super::tx::{Tx, View};
use super::{audit, campaign};
use crate::access::{Access, AuditEntry};
use crate::campaign::Signature;
use crate::codec::ms;
use crate::cursor;
use crate::declaration::{
    DeclarationColumns, DeclarationKey, DeclarationQuery, DeclarationReview, DeclarationRow, MOST_WAITING,
    NewDeclaration, ReviewDeclaration,
};
use crate::error::{Conflict, Noun, Outage, Result, StoreError};
use crate::evidence::{Evidence, EvidenceKind};
use crate::idempotency::Idempotency;
use crate::page::{Page, page_size};

const COLUMNS: &str = "person_id, declaration_id, campaign, kind, sampled_ms, evidence_kind, community_id, \
     declared_by, declared_ms, review, reviewed_by, reviewed_ms, remark";

/// The verb `declare`.
pub(super) fn declare(tx: &Tx<'_>, new: &NewDeclaration, key: Option<Idempotency>) -> Result<DeclarationRow> {
    new.check()?;
    let key = once(tx, "declare", key, new.at, || {
        let community: Option<i64> = tx
            .sql
            .prepare_cached("SELECT community_id FROM person WHERE person_id = ?1")?
            .query_row([new.person.as_i64()], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::NotFound(Noun::Person))?;
        if let Some(number) = new.campaign {
            NewDeclaration::check_campaign(&campaign::of(tx, number)?)?;
        }
        if waiting(tx, new.person)? >= MOST_WAITING {
            return Err(Conflict::TooManyDeclarations.into());
        }
        let mut id = [0; 16];
        tx.rng
            .fill(&mut id)
            .map_err(|_| StoreError::Unavailable(Outage::Io("the source of randomness failed".to_owned())))?;
        insert(tx, new, &id, community)?;
        audit::append(tx, &new.audit())?;
        Ok(DeclarationKey { person: new.person, id })
    })?;
    of(tx, key.person, &key.id)
}

fn waiting(view: &View<'_>, person: PersonId) -> Result<i64> {
    Ok(view
        .sql
        .prepare_cached("SELECT count(*) FROM declaration WHERE person_id = ?1 AND review = 1")?
        .query_row([person.as_i64()], |row| row.get(0))?)
}

fn insert(tx: &Tx<'_>, new: &NewDeclaration, id: &[u8; 16], community: Option<i64>) -> Result<()> {
    let evidence = new.evidence.seal(tx.keys, tx.rng, new.person, id)?;
    tx.sql
        .prepare_cached(
            "INSERT INTO declaration (person_id, declaration_id, campaign, kind, sampled_ms, evidence_kind, evidence,
                                      community_id, declared_by, declared_ms, review)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            new.person.as_i64(),
            id,
            new.campaign,
            new.kind as u8,
            new.sampled.map(ms),
            new.evidence.kind() as u8,
            evidence,
            community,
            new.declared_by.map(|staff: StaffId| staff.0),
            ms(new.at),
            DeclarationReview::Waiting as u8
        ])?;
    Ok(())
}

/// A declaration that has to be there.
fn of(view: &View<'_>, person: PersonId, id: &[u8; 16]) -> Result<DeclarationRow> {
    let columns = view
        .sql
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM declaration WHERE person_id = ?1 AND declaration_id = ?2"
        ))?
        .query_row(params![person.as_i64(), id], columns)
        .optional()?;
    columns.ok_or(StoreError::NotFound(Noun::Declaration))?.row()
}

/// The verb `declarations_of`.
pub(super) fn of_person(view: &View<'_>, person: PersonId) -> Result<Vec<DeclarationRow>> {
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM declaration WHERE person_id = ?1 ORDER BY declared_ms DESC, declaration_id"
    ))?;
    let rows = statement.query_map([person.as_i64()], columns)?;
    rows.map(|columns| columns?.row()).collect()
}

/// The verb `list_declarations`.
pub(super) fn list(
    view: &View<'_>,
    query: DeclarationQuery,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<DeclarationRow>> {
    let (after_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((i64::MIN, [0; 16]));
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM declaration
         WHERE (declared_ms, declaration_id) > (?1, ?2)
           AND (?3 IS NULL OR campaign = ?3) AND (?4 IS NULL OR community_id = ?4)
           AND (?5 IS NULL OR community_id IN (SELECT community_id FROM community WHERE district = ?5))
           AND (NOT ?6 OR review = 1)
         ORDER BY declared_ms, declaration_id LIMIT ?7"
    ))?;
    let rows = statement.query_map(
        params![
            after_ms,
            id,
            query.campaign,
            query.community.map(|community| community.0),
            query.district,
            query.waiting,
            limit as i64 + 1
        ],
        columns,
    )?;
    let items = rows.map(|columns| columns?.row()).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |row: &DeclarationRow| cursor::of_time_and_id(ms(row.declared), &row.id)))
}

/// The verb `declarations_since`. The first condition follows from the second; without it the index would be read from its begin.
pub(super) fn since(
    view: &View<'_>,
    since: Timestamp,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<DeclarationRow>> {
    let (after_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((ms(since) - 1, [0xff; 16]));
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM declaration
         WHERE coalesce(reviewed_ms, declared_ms) >= ?1
           AND (coalesce(reviewed_ms, declared_ms), declaration_id) > (?1, ?2)
         ORDER BY coalesce(reviewed_ms, declared_ms), declaration_id LIMIT ?3"
    ))?;
    let rows = statement.query_map(params![after_ms, id, limit as i64 + 1], columns)?;
    let items = rows.map(|columns| columns?.row()).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, DeclarationRow::cursor_of_change))
}

/// The verb `review_declaration`.
pub(super) fn review(
    tx: &Tx<'_>,
    review: &ReviewDeclaration,
    key: Option<Idempotency>,
) -> Result<DeclarationRow> {
    review.check()?;
    let key = once(tx, "review_declaration", key, review.at, || {
        let mut row = of(tx, review.person, &review.id)?;
        review.apply(&mut row)?;
        let (by, at_ms) = (Signature::staff(row.reviewed), Signature::time_ms(row.reviewed));
        tx.sql
            .prepare_cached(
                "UPDATE declaration SET review = ?3, reviewed_by = ?4, reviewed_ms = ?5, remark = ?6
                 WHERE person_id = ?1 AND declaration_id = ?2",
            )?
            .execute(params![row.person.as_i64(), row.id, row.review as u8, by, at_ms, row.remark])?;
        audit::append(tx, &review.audit(&row))?;
        Ok(DeclarationKey { person: row.person, id: row.id })
    })?;
    of(tx, key.person, &key.id)
}

/// The verb `read_evidence`.
pub(super) fn read_evidence(
    tx: &Tx<'_>,
    person: PersonId,
    id: &[u8; 16],
    access: &Access,
) -> Result<Evidence> {
    access.check()?;
    let found: Option<(i64, Option<Vec<u8>>)> = tx
        .sql
        .prepare_cached(
            "SELECT evidence_kind, evidence FROM declaration WHERE person_id = ?1 AND declaration_id = ?2",
        )?
        .query_row(params![person.as_i64(), id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (kind, sealed) = found.ok_or(StoreError::NotFound(Noun::Declaration))?;
    audit::append(tx, &AuditEntry::of(access, "read-evidence", Some(person)))?;
    Evidence::open(tx.keys, person, id, EvidenceKind::from_i64(kind)?, sealed.as_deref())
}

fn columns(row: &Row<'_>) -> rusqlite::Result<DeclarationColumns> {
    Ok(DeclarationColumns {
        person: row.get(0)?,
        id: row.get(1)?,
        campaign: row.get(2)?,
        kind: row.get(3)?,
        sampled_ms: row.get(4)?,
        evidence_kind: row.get(5)?,
        community: row.get(6)?,
        declared_by: row.get(7)?,
        declared_ms: row.get(8)?,
        review: row.get(9)?,
        reviewed_by: row.get(10)?,
        reviewed_ms: row.get(11)?,
        remark: row.get(12)?,
    })
}
