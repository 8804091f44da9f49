//! Declarations and their evidence, with the person.

use jiff::Timestamp;
use tokio_postgres::Row;
use yimatong_model::ids::PersonId;

use super::idempotency::{self, Once};
use super::sql::Sql;
use super::tx::{Tx, at};
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

/// Columns [`from_row`] reads, in its order.
macro_rules! columns {
    () => {
        "person_id, declaration_id, campaign, kind, sampled_ms, evidence_kind, community_id, declared_by, \
         declared_ms, review, reviewed_by, reviewed_ms, remark"
    };
}

const COMMUNITY: Sql =
    Sql::key("person_id", "SELECT community_id FROM person WHERE person_id = $1 FOR UPDATE");
const WAITING: Sql =
    Sql::key("person_id", "SELECT count(*) FROM declaration WHERE person_id = $1 AND review = 1");
const INSERT: Sql = Sql::key(
    "person_id",
    "INSERT INTO declaration (person_id, declaration_id, campaign, kind, sampled_ms, evidence_kind, evidence,
                              community_id, declared_by, declared_ms, review)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);
const FIND: Sql = Sql::key(
    "person_id",
    concat!("SELECT ", columns!(), " FROM declaration WHERE person_id = $1 AND declaration_id = $2"),
);
const LOCK: Sql = Sql::key(
    "person_id",
    concat!(
        "SELECT ",
        columns!(),
        " FROM declaration WHERE person_id = $1 AND declaration_id = $2 FOR UPDATE"
    ),
);
const OF_PERSON: Sql = Sql::key(
    "person_id",
    concat!(
        "SELECT ",
        columns!(),
        " FROM declaration WHERE person_id = $1 ORDER BY declared_ms DESC, declaration_id"
    ),
);
const LIST: Sql = Sql::everywhere(
    "the people of a community lie on all shards, asked for by who reviews, and once when a campaign is closed",
    concat!(
        "SELECT ",
        columns!(),
        " FROM declaration
          WHERE (declared_ms, declaration_id) > ($1, $2)
            AND ($3::bigint IS NULL OR campaign = $3) AND ($4::bigint IS NULL OR community_id = $4)
            AND ($5::bigint IS NULL OR community_id IN (SELECT community_id FROM community WHERE district = $5))
            AND (NOT $6::boolean OR review = 1)
          ORDER BY declared_ms, declaration_id LIMIT $7"
    ),
);
const SINCE: Sql = Sql::everywhere(
    "what a node keeps in memory of declarations, by an index of their times, every other second while a campaign runs",
    concat!(
        "SELECT ",
        columns!(),
        " FROM declaration
          WHERE coalesce(reviewed_ms, declared_ms) >= $1
            AND (coalesce(reviewed_ms, declared_ms), declaration_id) > ($1, $2)
          ORDER BY coalesce(reviewed_ms, declared_ms), declaration_id LIMIT $3"
    ),
);
const REVIEW: Sql = Sql::key(
    "person_id",
    "UPDATE declaration SET review = $3, reviewed_by = $4, reviewed_ms = $5, remark = $6
     WHERE person_id = $1 AND declaration_id = $2",
);
const EVIDENCE: Sql = Sql::key(
    "person_id",
    "SELECT evidence_kind, evidence FROM declaration WHERE person_id = $1 AND declaration_id = $2",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] =
    &[COMMUNITY, WAITING, INSERT, FIND, LOCK, OF_PERSON, LIST, SINCE, REVIEW, EVIDENCE];

/// The verb `declare`.
pub(super) async fn declare(
    tx: &Tx,
    new: &NewDeclaration,
    key: Option<Idempotency>,
) -> Result<DeclarationRow> {
    new.check()?;
    if let Once::Before(before) = idempotency::begin::<DeclarationKey>(tx, "declare", key, new.at).await? {
        return of(tx, before.person, &before.id).await;
    }
    let person = new.person.as_i64();
    let known = tx.row(&COMMUNITY, &[&person]).await?.ok_or(StoreError::NotFound(Noun::Person))?;
    let community: Option<i64> = at(&known, 0)?;
    if let Some(number) = new.campaign {
        NewDeclaration::check_campaign(&campaign::of(tx, number).await?)?;
    }
    let waiting: i64 = tx.row(&WAITING, &[&person]).await?.map_or(Ok(0), |row| at(&row, 0))?;
    if waiting >= MOST_WAITING {
        return Err(Conflict::TooManyDeclarations.into());
    }
    let mut id = [0; 16];
    tx.rng
        .fill(&mut id)
        .map_err(|_| StoreError::Unavailable(Outage::Io("the source of randomness failed".to_owned())))?;
    insert(tx, new, &id, community).await?;
    idempotency::finish(tx, key, &DeclarationKey { person: new.person, id }).await?;
    audit::append(tx, &new.audit()).await?;
    of(tx, new.person, &id).await
}

async fn insert(tx: &Tx, new: &NewDeclaration, id: &[u8; 16], community: Option<i64>) -> Result<()> {
    let evidence = new.evidence.seal(&tx.keys, tx.rng.as_ref(), new.person, id)?;
    tx.execute(
        &INSERT,
        &[
            &new.person.as_i64(),
            &&id[..],
            &new.campaign.map(i64::from),
            &(new.kind as i64),
            &new.sampled.map(ms),
            &(new.evidence.kind() as i64),
            &evidence,
            &community,
            &new.declared_by.map(|staff| i64::from(staff.0)),
            &ms(new.at),
            &(DeclarationReview::Waiting as i64),
        ],
    )
    .await?;
    Ok(())
}

/// A declaration that has to be there.
async fn of(tx: &Tx, person: PersonId, id: &[u8; 16]) -> Result<DeclarationRow> {
    let row = tx.row(&FIND, &[&person.as_i64(), &&id[..]]).await?;
    from_row(&row.ok_or(StoreError::NotFound(Noun::Declaration))?)
}

/// The verb `declarations_of`.
pub(super) async fn of_person(tx: &Tx, person: PersonId) -> Result<Vec<DeclarationRow>> {
    tx.rows(&OF_PERSON, &[&person.as_i64()]).await?.iter().map(from_row).collect()
}

/// The verb `list_declarations`.
pub(super) async fn list(
    tx: &Tx,
    query: DeclarationQuery,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<DeclarationRow>> {
    let (after_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((i64::MIN, [0; 16]));
    let limit = page_size(limit);
    let rows = tx
        .rows(
            &LIST,
            &[
                &after_ms,
                &&id[..],
                &query.campaign.map(i64::from),
                &query.community.map(|community| i64::from(community.0)),
                &query.district.map(i64::from),
                &query.waiting,
                &(limit as i64 + 1),
            ],
        )
        .await?;
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |row: &DeclarationRow| cursor::of_time_and_id(ms(row.declared), &row.id)))
}

/// The verb `declarations_since`.
pub(super) async fn since(
    tx: &Tx,
    since: Timestamp,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<DeclarationRow>> {
    let (after_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((ms(since) - 1, [0xff; 16]));
    let limit = page_size(limit);
    let rows = tx.rows(&SINCE, &[&after_ms, &&id[..], &(limit as i64 + 1)]).await?;
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, DeclarationRow::cursor_of_change))
}

/// The verb `review_declaration`.
pub(super) async fn review(
    tx: &Tx,
    review: &ReviewDeclaration,
    key: Option<Idempotency>,
) -> Result<DeclarationRow> {
    review.check()?;
    let verb = "review_declaration";
    if let Once::Before(before) = idempotency::begin::<DeclarationKey>(tx, verb, key, review.at).await? {
        return of(tx, before.person, &before.id).await;
    }
    let found = tx.row(&LOCK, &[&review.person.as_i64(), &&review.id[..]]).await?;
    let mut row = from_row(&found.ok_or(StoreError::NotFound(Noun::Declaration))?)?;
    review.apply(&mut row)?;
    let (by, at_ms) = (Signature::staff(row.reviewed), Signature::time_ms(row.reviewed));
    let (person, decision) = (row.person.as_i64(), row.review as i64);
    tx.execute(&REVIEW, &[&person, &&row.id[..], &decision, &by, &at_ms, &row.remark]).await?;
    idempotency::finish(tx, key, &DeclarationKey { person: row.person, id: row.id }).await?;
    audit::append(tx, &review.audit(&row)).await?;
    of(tx, row.person, &row.id).await
}

/// The verb `read_evidence`.
pub(super) async fn read_evidence(
    tx: &Tx,
    person: PersonId,
    id: &[u8; 16],
    access: &Access,
) -> Result<Evidence> {
    access.check()?;
    let row = tx.row(&EVIDENCE, &[&person.as_i64(), &&id[..]]).await?;
    let row = row.ok_or(StoreError::NotFound(Noun::Declaration))?;
    audit::append(tx, &AuditEntry::of(access, "read-evidence", Some(person))).await?;
    Evidence::open(&tx.keys, person, id, EvidenceKind::from_i64(at(&row, 0)?)?, at(&row, 1)?)
}

fn from_row(row: &Row) -> Result<DeclarationRow> {
    DeclarationColumns {
        person: at(row, 0)?,
        id: at(row, 1)?,
        campaign: at(row, 2)?,
        kind: at(row, 3)?,
        sampled_ms: at(row, 4)?,
        evidence_kind: at(row, 5)?,
        community: at(row, 6)?,
        declared_by: at(row, 7)?,
        declared_ms: at(row, 8)?,
        review: at(row, 9)?,
        reviewed_by: at(row, 10)?,
        reviewed_ms: at(row, 11)?,
        remark: at(row, 12)?,
    }
    .row()
}
